import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type {
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
} from '../../core/inference.ts';
import type { GpuFacts } from '../../core/hardware.ts';
import type { SlotContents } from '../../core/node.ts';
import type { EngineKind, LoadOptions, ModelManifest, ModelState } from '../../core/model.ts';
import type { EngineFactory } from '../engine.ts';
import type { ModelInspection } from '../hosting/host-protocol.ts';
import { LoadLane } from './load-lane.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { Measured } from './model-record.ts';
import { ModelRunner } from './model-runner.ts';
import { startModel } from './model-starter.ts';
import type { EngineLog, InstalledModels, LoadForecast, ModelProbe } from '../ports.ts';
import { expiredResidents } from './residency.ts';
import type { MemoryBudget, Resident } from './residency.ts';
import { RoomKeeper } from './room-keeper.ts';

export interface EngineManagerDeps {
  readonly library: InstalledModels;
  readonly factory: EngineFactory;
  readonly probe: ModelProbe;
  readonly clock: Clock;
  readonly logger: EngineLog;
  /** Bytes of main memory that models may take together, now. */
  readonly budgetBytes: () => number;
  /** The same of graphics memory; undefined where it is main memory or there is none. */
  readonly gpuBudgetBytes?: () => number | undefined;
  /** Corrects predictions and learns from loads; absent: the probe is believed. */
  readonly forecast?: LoadForecast;
  /** Predicts models in folders (`mlx`), which the probe does not read. */
  readonly inspectFolder?: (model: ModelManifest, options: LoadOptions) => Promise<ModelInspection>;
  /** The program that a load with these options would use; absent: always our own. */
  readonly engineOf?: (model: ModelManifest, options: LoadOptions) => EngineKind | undefined;
  /** Graphics memory that models only others use may take together; undefined: as much as there is. */
  readonly gpuBytesForOthers?: () => number | undefined;
  /** The same beyond what is taken now, so that something stays free for the owner. */
  readonly gpuRoomForOthers?: () => number | undefined;
  /** The cards of the snapshot, missing ones included; absent: none. */
  readonly gpus?: () => readonly GpuFacts[];
  /** A model that nobody used for so long is unloaded; 0 keeps it. */
  readonly idleUnloadMs: () => number;
  /** What a person chose for a model, by its id; absent lets the engine choose everything. */
  readonly loadOptions?: (id: string) => LoadOptions;
  /** As its owner calls it now. */
  readonly machineName: () => string;
  /** Requests that may wait for one model; one more is refused with `overloaded`. */
  readonly queueCapacity?: number;
}

export interface ModelDescription extends Measured {
  readonly state: ModelState;
  /** Present while loaded. */
  readonly loaded?: LoadedModel;
}

/** What one slot of a loaded model holds, and whose request left it there. */
export interface ModelSlot extends SlotContents {
  /** Absent while it is empty. */
  readonly tenant?: string;
}

const defaultQueueCapacity = 64;
const sweepMs = 5000;

/** Every model of this machine behind one `infer`. Names may be ids or aliases. */
export class EngineManager implements InferenceBackend {
  private readonly deps: EngineManagerDeps;
  private readonly runners = new Map<string, ModelRunner>();
  private readonly listeners = new Set<(id: string) => void>();
  private readonly slotListeners = new Set<() => void>();
  private readonly lane = new LoadLane();
  private readonly room: RoomKeeper;
  private isDisposed = false;
  private cancelSweep: (() => void) | undefined;

  constructor(deps: EngineManagerDeps) {
    this.deps = deps;
    this.room = new RoomKeeper({
      clock: deps.clock,
      budget: () => this.budget(),
      gpuForOthers: () => ({
        mostBytes: deps.gpuBytesForOthers?.(),
        moreBytes: deps.gpuRoomForOthers?.(),
      }),
      residents: () => this.residents(),
      evict: async (id) => this.runners.get(id)?.evict(),
    });
  }

  /** Loads the model if need be. The answer's timings tell how long that and the queue took. */
  async *infer(request: InferenceRequest, options: InferOptions): AsyncGenerator<InferenceChunk> {
    const runner = this.runnerOf(request.envelope.model);
    if (request.envelope.isVisitor !== true) this.clearTheWay(runner);
    yield* runner.infer(request, options);
  }

  /** Resolves when the model is ready; rejects with the reason why it is not. */
  async load(name: string, options?: LoadOptions): Promise<void> {
    await this.runnerOf(name).load(options);
  }

  /** The same because a pool wants it: it costs nothing that this machine's owner uses its place. */
  async loadForOthers(name: string): Promise<void> {
    await this.runnerOf(name).load(undefined, true);
  }

  /** Resolves when its memory is free. Running answers are finished first unless `force` is set. */
  async unload(name: string, options: { readonly force: boolean }): Promise<void> {
    await this.runnerOf(name).unload(options.force);
  }

  describe(name: string): ModelDescription {
    const runner = this.runners.get(this.deps.library.find(name)?.id ?? name);
    const loaded = runner?.loaded();
    return {
      state: runner?.state ?? { phase: 'installed' },
      ...(loaded !== undefined && { loaded }),
      ...runner?.record.measured,
    };
  }

  /** Somebody of this machine has a request running or waiting. */
  isOwnerActive(): boolean {
    return this.runners.values().some((runner) => runner.isOwnerActive);
  }

  /** What the slots of all loaded models hold. */
  slots(): readonly ModelSlot[] {
    return [...this.runners].flatMap(([modelId, runner]) =>
      (runner.loadedEngine?.slots() ?? []).map(({ slot, tenant, marks, heldTokens }) => ({
        ...{ modelId, slot, marks, heldTokens },
        ...(tenant !== undefined && { tenant }),
      })),
    );
  }

  /** Calls back when a slot holds something else; returns how to stop that. */
  onSlots(listener: () => void): () => void {
    this.slotListeners.add(listener);
    return () => void this.slotListeners.delete(listener);
  }

  /**
   * Gives back the memory of every model that its owner did not use lately; visitors' answers are
   * handed over. Resolves when it is free.
   */
  async releaseRemote(): Promise<void> {
    await Promise.all(this.runners.values().map((runner) => runner.release()));
  }

  /** Models that were asked for since the start; every other one is `installed`. */
  states(): ReadonlyMap<string, ModelState> {
    return new Map(this.runners.entries().map(([id, runner]) => [id, runner.state]));
  }

  /** Undefined while the model is not loaded. */
  async countTokens(name: string, text: string, signal: AbortSignal): Promise<number | undefined> {
    const { id } = this.manifestOf(name);
    return await this.runners.get(id)?.loadedEngine?.countTokens(text, signal);
  }

  /** Predicted bytes of everything loaded or loading. */
  takenBytes(): number {
    return this.residents().reduce((sum, { need }) => sum + need.cpuBytes + need.gpuBytes, 0);
  }

  /** Calls back with the id whose state, memory or queue changed; returns how to stop that. */
  on(_event: 'changed', listener: (id: string) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Ends every engine, answers included. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    this.cancelSweep?.();
    await Promise.all(this.runners.values().map((runner) => runner.unload(true)));
  }

  /** The owner does not wait for a model that others let load: that one begins again afterwards. */
  private clearTheWay(runner: ModelRunner): void {
    if (runner.loadedEngine !== undefined) return;
    for (const other of this.runners.values()) {
      if (other !== runner && other.state.phase === 'loading' && !other.isOwners) {
        void other.evict();
      }
    }
  }

  private runnerOf(name: string): ModelRunner {
    if (this.isDisposed) {
      throw new MillpondError('unavailable', 'Millpond is stopping; try again later');
    }
    const { id } = this.manifestOf(name);
    const known = this.runners.get(id);
    if (known !== undefined) return known;
    const runner = this.createRunner(id);
    this.runners.set(id, runner);
    return runner;
  }

  private createRunner(id: string): ModelRunner {
    const { deps, lane, room } = this;
    // What the library knew last: a file may vanish while its model is still answering.
    let latest = this.manifestOf(id);
    return new ModelRunner({
      clock: deps.clock,
      log: deps.logger,
      machineName: deps.machineName,
      queueCapacity: deps.queueCapacity ?? defaultQueueCapacity,
      manifest: () => (latest = deps.library.find(id) ?? latest),
      preferredOptions: () => deps.loadOptions?.(id) ?? {},
      start: (order) =>
        startModel({ ...deps, lane, budget: () => this.budget(), makeRoom: room.make }, order),
      onChange: () => {
        this.announce(id);
      },
      onSlots: () => {
        for (const listener of this.slotListeners) listener();
      },
    });
  }

  private budget(): MemoryBudget {
    const { budgetBytes, gpuBudgetBytes } = this.deps;
    const gpuBytes = gpuBudgetBytes?.();
    return { cpuBytes: budgetBytes(), ...(gpuBytes !== undefined && { gpuBytes }) };
  }

  private manifestOf(name: string): ModelManifest {
    const model = this.deps.library.find(name);
    if (model !== undefined) return model;
    throw new MillpondError('model-not-found', `There is no model ${name} on this machine`, {
      param: 'model',
    });
  }

  private residents(): readonly Resident[] {
    return [...this.runners].flatMap(([id, runner]) => runner.resident(id) ?? []);
  }

  private announce(id: string): void {
    this.room.lookAgain();
    this.scheduleSweep();
    for (const listener of this.listeners) listener(id);
  }

  /** Looks for models that have been idle for too long; runs only while something is loaded. */
  private scheduleSweep(): void {
    if (this.cancelSweep !== undefined || this.isDisposed) return;
    if (this.residents().length === 0) return;
    const { clock, idleUnloadMs, logger } = this.deps;
    this.cancelSweep = clock.after(sweepMs, () => {
      this.cancelSweep = undefined;
      for (const id of expiredResidents(this.residents(), clock.now(), idleUnloadMs())) {
        logger.info({ model: id }, 'unloading idle model');
        void this.runners.get(id)?.evict();
      }
      this.scheduleSweep();
    });
  }
}
