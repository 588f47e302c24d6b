import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest, InferOptions } from '../../core/inference.ts';
import type { LoadOptions, ModelManifest, ModelState } from '../../core/model.ts';
import { servedHere, stampChunk } from './answer-stamp.ts';
import type { EngineClosure, InferenceEngine } from '../engine.ts';
import { isSame } from './load-plan.ts';
import { describeLoaded } from './loaded-model.ts';
import type { LoadedModel } from './loaded-model.ts';
import { ModelRecord } from './model-record.ts';
import type { StartedModel, StartOrder } from './model-starter.ts';
import type { EngineLog } from '../ports.ts';
import { RequestQueue } from './request-queue.ts';
import type { MemoryNeed, Resident } from './residency.ts';
import { RunningAnswers } from './running-answers.ts';
import { StateCell } from './state-cell.ts';
import { logTailOf, TroubleRecord } from './trouble-record.ts';

export interface RunnerDeps {
  readonly clock: Clock;
  readonly log: EngineLog;
  readonly machineName: () => string;
  /** Requests that may wait. */
  readonly queueCapacity: number;
  /** The model as the library knows it now; throws `model-not-found` when it is gone. */
  readonly manifest: () => ModelManifest;
  /** What a person chose for this model; used when a load names nothing else. */
  readonly preferredOptions: () => LoadOptions;
  readonly start: (order: StartOrder) => Promise<StartedModel>;
  /** State, memory or queue changed. */
  readonly onChange: () => void;
  /** Slots hold something else. */
  readonly onSlots: () => void;
}

/** One model of this machine: loads it on demand, queues its requests, survives its crashes. */
export class ModelRunner {
  private readonly deps: RunnerDeps;
  private readonly queue: RequestQueue;
  private readonly cell: StateCell;
  private started: StartedModel | undefined;
  private startup: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  private retirement: Promise<void> | undefined;
  /** Options of the load that a person asked for; forgotten with the unload. */
  private chosenOptions: LoadOptions | undefined;
  /** What the options were when the engine was started. */
  private startedOptions: LoadOptions = {};
  /** What it takes or is about to take, as predicted; undefined when it takes nothing. */
  private need: MemoryNeed | undefined;
  readonly record: ModelRecord;
  /** Monotonic milliseconds. */
  private readyAt = 0;
  private readonly troubles = new TroubleRecord();
  private readonly answers = new RunningAnswers();
  private isForced = false;
  private cancelRestart: (() => void) | undefined;
  private announceIdle = (): void => {};

  constructor(deps: RunnerDeps) {
    this.deps = deps;
    this.cell = new StateCell(deps.onChange);
    this.record = new ModelRecord(deps.clock);
    this.queue = new RequestQueue({
      clock: deps.clock,
      capacity: deps.queueCapacity,
      onChange: () => {
        this.onQueueChange();
      },
      preempt: () => this.answers.preemptYoungest(),
    });
  }

  get state(): ModelState {
    return this.cell.current;
  }

  /** The memory this model takes or is about to take; undefined when it takes none. */
  resident(id: string): Resident | undefined {
    const { need, record } = this;
    if (need === undefined) return undefined;
    const { running, waiting } = this.queue;
    const isBusy = running + waiting > 0 || this.state.phase !== 'ready';
    return { id, need, lastUsedAt: record.lastUsedAt, isBusy, isOwners: this.isOwners };
  }

  /** Somebody of this machine has a request running or waiting. */
  get isOwnerActive(): boolean {
    return this.answers.ownerCount > 0 || this.queue.hasOwnerWaiting;
  }

  /** Its owner uses it, or did so lately: visitors never cost it its place. */
  get isOwners(): boolean {
    return this.isOwnerActive || this.record.wasOwnersLately;
  }

  loaded(): LoadedModel | undefined {
    const { started, need } = this;
    if (started === undefined) return undefined;
    const { running, waiting } = this.queue;
    const { lastUsedAt } = this.record;
    return describeLoaded(started, { running, waiting, need, lastUsedAt });
  }

  get loadedEngine(): InferenceEngine | undefined {
    return this.started?.engine;
  }

  async *infer(request: InferenceRequest, options: InferOptions): AsyncGenerator<InferenceChunk> {
    const { clock } = this.deps;
    const refusal = this.troubles.refusalAt(clock.now());
    if (refusal !== undefined) throw refusal;
    const { caller, priority, deadlineAt, isVisitor = false } = request.envelope;
    const arrivedAt = clock.monotonic();
    if (!isVisitor) this.record.noteOwner();
    const { signal: wanted } = options;
    const turn = this.queue.enter({ caller, priority, deadlineAt, isVisitor, signal: wanted });
    this.ensureStarted();
    const running = this.answers.begin(isVisitor, await turn);
    // Somebody of this machine may have come between its turn and here.
    if (isVisitor) this.queue.lookAgain();
    const signal = AbortSignal.any([wanted, running.signal]);
    try {
      signal.throwIfAborted();
      if (this.started === undefined) throw this.error('unavailable', 'was unloaded; try again');
      const loadMs = Math.max(0, this.readyAt - arrivedAt);
      const queuedMs = Math.max(0, clock.monotonic() - arrivedAt - loadMs);
      const stamp = {
        servedBy: servedHere(this.deps.manifest(), this.deps.machineName()),
        loadMs,
        queuedMs,
      };
      const { engine, lessons } = this.started;
      const answer = lessons.follow(engine.infer(request, { ...options, signal }));
      for await (const chunk of answer) yield stampChunk(chunk, stamp);
    } finally {
      this.record.noteUse();
      this.record.noteRates(this.started?.lessons.rates);
      if (!isVisitor) this.record.noteOwner();
      running.end();
      this.deps.onSlots();
    }
  }

  /** Resolves when the model is ready. Forgets earlier crashes: a person asked for it. */
  async load(options?: LoadOptions, isVisitor = false): Promise<void> {
    if (!isVisitor) this.record.noteOwner();
    const isDegraded = this.troubles.degradationAt(this.deps.clock.now()) !== 'none';
    this.forgetTroubles();
    if (options !== undefined) this.chosenOptions = options;
    const isOutdated = isDegraded || !isSame(this.options(), this.startedOptions);
    if (isOutdated && (this.started ?? this.startup) !== undefined) await this.retire(false);
    await this.retirement;
    if (this.started !== undefined) return;
    await (this.startup?.done ?? this.begin());
  }

  /** Resolves when the memory is free. Running answers are finished first unless `force` is set. */
  async unload(force: boolean): Promise<void> {
    this.chosenOptions = undefined;
    this.forgetTroubles();
    this.queue.refuseAll(this.error('unavailable', 'was unloaded; try again'));
    await this.retire(force);
  }

  /**
   * Frees the memory unless this machine's owner uses the model. Visitors' answers are handed over
   * first; requests that arrive later load it again.
   */
  async release(): Promise<void> {
    if (this.isOwners || this.need === undefined) return;
    this.answers.preemptAll();
    await this.retire(true);
  }

  /** Frees the memory: requests that arrive meanwhile load it again. Visitors' answers are handed over. */
  evict(): Promise<void> {
    if (!this.isOwners) this.answers.preemptAll();
    return this.retire(false);
  }

  private ensureStarted(): void {
    if (this.started !== undefined || this.startup !== undefined) return;
    if (this.retirement !== undefined) return;
    const { clock } = this.deps;
    const { state } = this;
    const retryAt = state.phase === 'failed' ? state.retryAt : undefined;
    const pauseMs = (retryAt ?? 0) - clock.now();
    if (pauseMs <= 0) {
      // A failure is told to everyone who waits; nobody else needs this promise.
      this.begin().catch(() => {});
      return;
    }
    this.cancelRestart ??= clock.after(pauseMs, () => {
      this.cancelRestart = undefined;
      if (this.queue.waiting > 0) this.ensureStarted();
    });
  }

  private begin(): Promise<void> {
    const stop = new AbortController();
    const done: PromiseWithResolvers<void> = Promise.withResolvers();
    done.promise.catch(() => {}); // Dealt with in `bringUp`; whoever awaits it hears it too.
    this.startup = { stop, done: done.promise };
    this.bringUp(stop.signal).then(done.resolve, done.reject);
    return done.promise;
  }

  private async bringUp(signal: AbortSignal): Promise<void> {
    const startedAt = this.deps.clock.now();
    const began = this.deps.clock.monotonic();
    this.startedOptions = this.options();
    this.cell.enter({ phase: 'loading', share: 0, startedAt });
    try {
      const started = await this.deps.start({
        model: this.deps.manifest(),
        options: this.startedOptions,
        degradation: this.troubles.degradationAt(startedAt),
        isForOthers: () => !this.isOwners,
        onPredicted: (need) => {
          this.need = need;
        },
        onProgress: (share) => {
          if (!signal.aborted) this.cell.enter({ phase: 'loading', share, startedAt });
        },
        signal,
      });
      if (signal.aborted) await started.engine.dispose();
      signal.throwIfAborted();
      this.startup = undefined;
      this.record.noteLoad(this.deps.clock.monotonic() - began);
      this.adopt(started);
    } catch (error) {
      this.startup = undefined;
      this.need = undefined;
      throw this.noteFailedStart(error, signal.aborted);
    }
  }

  private adopt(started: StartedModel): void {
    const { engine, notice: limits } = started;
    const { clock, log, manifest } = this.deps;
    const { facts } = engine;
    this.started = started;
    this.readyAt = clock.monotonic();
    this.record.noteUse();
    this.troubles.noteReady();
    const notice = [facts.notice, limits].filter((text) => text !== undefined).join('. ');
    log.info({ model: manifest().id, device: facts.device, slots: facts.slots }, 'model ready');
    this.cell.enter({ phase: 'ready', since: clock.now(), ...(notice !== '' && { notice }) });
    this.queue.setSlots(facts.slots);
    engine.onSlots?.(this.deps.onSlots);
    void engine.closed.then((closure) => {
      this.noteClosed(engine, closure);
    });
  }

  private noteFailedStart(thrown: unknown, wasStopped: boolean): MillpondError {
    if (wasStopped) {
      this.cell.enter({ phase: 'installed' });
      return this.error('cancelled', 'was unloaded while it was loading');
    }
    const error = MillpondError.from(thrown, 'model-load-failed');
    if (error.code === 'engine-crashed') {
      this.noteCrash(error.message, logTailOf(error));
      return error;
    }
    if (error.code === 'model-not-found' || error.retryAfterMs !== undefined) {
      this.cell.enter({ phase: 'installed' }); // Nothing is wrong with the model itself.
    } else {
      this.cell.enter(this.troubles.noteLoadFailure(error, this.deps.clock.now()));
    }
    this.deps.log.warn({ code: error.code, reason: error.message }, 'model not loaded');
    this.queue.refuseAll(error);
    return error;
  }

  private noteClosed(engine: InferenceEngine, closure: EngineClosure): void {
    if (this.started?.engine !== engine || this.retirement !== undefined) return;
    this.started = undefined;
    this.need = undefined;
    this.queue.setSlots(0);
    const why = closure.reason ?? 'it ended by itself';
    this.noteCrash(`${this.name()} stopped unexpectedly: ${why}`, closure.logTail ?? []);
  }

  private noteCrash(what: string, logTail: readonly string[]): void {
    const { clock, log } = this.deps;
    log.error({ model: this.name(), what, logTail }, 'engine crashed');
    this.cell.enter(this.troubles.noteCrash(what, clock.now()));
    const refusal = this.troubles.refusalAt(clock.now());
    if (refusal !== undefined) this.queue.refuseAll(refusal);
    else if (this.queue.waiting > 0) this.ensureStarted();
  }

  private retire(force: boolean): Promise<void> {
    this.isForced ||= force;
    this.retirement ??= this.windDown().finally(() => {
      this.retirement = undefined;
      this.isForced = false;
      if (this.queue.waiting > 0) this.ensureStarted();
    });
    this.announceIdle(); // Someone else may be waiting for the answers that are now cut short.
    return this.retirement;
  }

  private async windDown(): Promise<void> {
    this.startup?.stop.abort();
    await this.startup?.done.catch(() => {}); // Its failure is a state already.
    const engine = this.started?.engine;
    if (engine !== undefined) {
      this.cell.enter({ phase: 'draining', remaining: this.queue.running });
      this.queue.setSlots(0);
      while (this.queue.running > 0 && !this.isForced) {
        await new Promise<void>((resolve) => {
          this.announceIdle = resolve;
        });
      }
      await engine.dispose();
      this.started = undefined;
      this.need = undefined;
    }
    if (this.state.phase !== 'installed') this.cell.enter({ phase: 'installed' });
  }

  private forgetTroubles(): void {
    this.troubles.forget();
    this.cancelRestart?.();
    this.cancelRestart = undefined;
  }

  private onQueueChange(): void {
    const { running } = this.queue;
    if (running === 0) this.announceIdle();
    if (this.state.phase === 'draining') this.cell.enter({ phase: 'draining', remaining: running });
    else this.deps.onChange();
  }

  private options(): LoadOptions {
    return this.chosenOptions ?? this.deps.preferredOptions();
  }

  private name(): string {
    return this.deps.manifest().name;
  }

  private error(code: 'unavailable' | 'cancelled', what: string): MillpondError {
    return new MillpondError(code, `${this.name()} ${what}`);
  }
}
