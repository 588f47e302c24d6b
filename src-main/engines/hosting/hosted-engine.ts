import { AsyncQueue } from '../../core/async/async-queue.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest, InferOptions } from '../../core/inference.ts';
import type { ChildProcess, ProcessExit } from '../../platform/process-launcher.ts';
import type { EngineClosure, EngineFacts, InferenceEngine, SlotReport } from '../engine.ts';
import { explainExit } from './exit-explanation.ts';
import { isFromEngineHost } from './host-messages.ts';
import { initialCredit } from './host-protocol.ts';
import type { FromEngineHost, ToEngineHost } from './host-protocol.ts';
import { watchSilence } from './silence-watch.ts';
import type { SilenceWatch } from './silence-watch.ts';

interface HostedEngineDeps {
  /** A host that has just said `ready`. The engine owns it from here on. */
  readonly child: ChildProcess;
  readonly facts: EngineFacts;
  /** What people call the model, for messages. */
  readonly modelName: string;
  readonly clock: Clock;
}

/** A host is alive as long as it says so once a second; longer silence than this is a hang. */
const heartbeatLimitMs = 10_000;
/** How long a host may take to free its memory before it is ended. */
const shutdownLimitMs = 5000;
/** Credit travels back in batches: small enough that the host never runs dry. */
const creditBatch = initialCredit / 4;

/**
 * An engine in a process of its own. When that process dies or hangs, its requests fail with
 * `engine-crashed` and nothing else is harmed.
 */
export class HostedEngine implements InferenceEngine {
  readonly facts: EngineFacts;
  readonly closed: Promise<EngineClosure>;
  private readonly deps: HostedEngineDeps;
  private readonly silence: SilenceWatch;
  private readonly answers = new Map<string, AsyncQueue<InferenceChunk>>();
  private readonly counts = new Map<string, PromiseWithResolvers<number>>();
  private lastId = 0;
  private latestResidentBytes: number | undefined;
  private latestSlots: readonly SlotReport[] = [];
  private announceSlots = (): void => {};
  private isHung = false;
  private disposal: Promise<void> | undefined;
  /** Why no more requests are taken; set once the process is ending or gone. */
  private ended: MillpondError | undefined;

  constructor(deps: HostedEngineDeps) {
    this.deps = deps;
    this.facts = deps.facts;
    this.silence = watchSilence({
      clock: deps.clock,
      limitMs: heartbeatLimitMs,
      onSilence: () => {
        this.isHung = true;
        deps.child.kill('SIGKILL');
      },
    });
    deps.child.onMessage((message) => {
      if (isFromEngineHost(message)) this.receive(message);
    });
    this.closed = deps.child.exited.then((exit) => this.settleExit(exit));
  }

  async *infer(
    request: InferenceRequest,
    { signal }: InferOptions,
  ): AsyncGenerator<InferenceChunk> {
    signal.throwIfAborted();
    if (this.ended !== undefined) throw this.ended;
    const id = this.nextId();
    const queue = new AsyncQueue<InferenceChunk>(initialCredit, { signal });
    this.answers.set(id, queue);
    // The host stops at once, also when nobody is pulling from this iterator.
    const cancel = (): void => {
      if (this.answers.delete(id)) this.post({ type: 'cancel', id });
    };
    signal.addEventListener('abort', cancel, { once: true });
    this.post({ type: 'infer', id, request });
    let taken = 0;
    try {
      for await (const chunk of queue) {
        taken += 1;
        if (taken % creditBatch === 0) this.post({ type: 'credit', id, chunks: creditBatch });
        yield chunk;
      }
    } finally {
      signal.removeEventListener('abort', cancel);
      cancel();
    }
  }

  residentBytes(): number | undefined {
    return this.latestResidentBytes;
  }

  slots(): readonly SlotReport[] {
    return this.latestSlots;
  }

  onSlots(listener: () => void): void {
    this.announceSlots = listener;
  }

  async countTokens(text: string, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    if (this.ended !== undefined) throw this.ended;
    const id = this.nextId();
    const answer = Promise.withResolvers<number>();
    const abort = (): void => {
      answer.reject(signal.reason);
    };
    this.counts.set(id, answer);
    signal.addEventListener('abort', abort, { once: true });
    this.post({ type: 'count', id, text });
    try {
      return await answer.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.counts.delete(id);
    }
  }

  dispose(): Promise<void> {
    this.disposal ??= this.shutDown();
    return this.disposal;
  }

  private async shutDown(): Promise<void> {
    const { child, clock, modelName } = this.deps;
    this.endAll(new MillpondError('unavailable', `${modelName} was unloaded; try again`));
    this.post({ type: 'shutdown' });
    const cancelKill = clock.after(shutdownLimitMs, () => {
      child.kill('SIGKILL');
    });
    await child.exited;
    cancelKill();
  }

  private receive(message: FromEngineHost): void {
    this.silence.heard();
    switch (message.type) {
      case 'chunks': {
        const queue = this.answers.get(message.id);
        for (const chunk of message.chunks) queue?.offer(chunk);
        return;
      }
      case 'end': {
        const queue = this.answers.get(message.id);
        this.answers.delete(message.id);
        this.counts.get(message.id)?.reject(failureOf(message.error));
        queue?.end(message.error === undefined ? undefined : failureOf(message.error));
        return;
      }
      case 'counted':
        this.counts.get(message.id)?.resolve(message.tokens);
        return;
      case 'heartbeat':
        this.latestResidentBytes = message.residentBytes;
        this.noteSlots(message.slots);
        return;
      case 'loading':
      case 'ready':
      case 'load-failed':
        return; // Belong to loading, which is over.
    }
  }

  private noteSlots(slots: readonly SlotReport[]): void {
    const isNew = JSON.stringify(slots) !== JSON.stringify(this.latestSlots);
    this.latestSlots = slots;
    if (isNew) this.announceSlots();
  }

  private settleExit(exit: ProcessExit): EngineClosure {
    this.silence.stop();
    if (this.disposal !== undefined) return {};
    const logTail = this.deps.child.outputTail();
    const why = this.isHung ? 'it stopped responding' : explainExit(exit, logTail);
    const name = this.deps.modelName;
    this.endAll(
      new MillpondError('engine-crashed', `The engine of ${name} stopped: ${why}; try again`),
    );
    return { reason: why, logTail };
  }

  private endAll(error: MillpondError): void {
    this.ended ??= error;
    for (const queue of this.answers.values()) queue.end(error);
    this.answers.clear();
    for (const count of this.counts.values()) count.reject(error);
  }

  private nextId(): string {
    this.lastId += 1;
    return String(this.lastId);
  }

  private post(message: ToEngineHost): void {
    this.deps.child.post(message);
  }
}

function failureOf(body: Parameters<typeof MillpondError.fromBody>[0] | undefined): MillpondError {
  return body === undefined
    ? new MillpondError('internal', 'The engine ended a request without an answer')
    : MillpondError.fromBody(body);
}
