import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type {
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
} from '../core/inference.ts';
import type { LoadOptions, ModelState } from '../core/model.ts';
import type { EngineFactory } from './engine.ts';
import { LoadLane } from './load-lane.ts';
import { ModelRunner } from './model-runner.ts';
import type { LoadedModel } from './model-runner.ts';
import { startModel } from './model-starter.ts';
import type { EngineLog, InstalledModels, ModelProbe } from './ports.ts';
import { expiredResidents } from './residency.ts';
import type { Resident } from './residency.ts';
import { RoomKeeper } from './room-keeper.ts';

export interface EngineManagerDeps {
  readonly library: InstalledModels;
  readonly factory: EngineFactory;
  readonly probe: ModelProbe;
  readonly clock: Clock;
  readonly logger: EngineLog;
  /** Bytes that models may take together, now. */
  readonly budgetBytes: () => number;
  /** A model that nobody used for so long is unloaded; 0 keeps it. */
  readonly idleUnloadMs: () => number;
  /** What a person chose for a model, by its id; absent lets the engine choose everything. */
  readonly loadOptions?: (id: string) => LoadOptions;
  readonly machineName: string;
  /** Requests that may wait for one model; one more is refused with `overloaded`. */
  readonly queueCapacity?: number;
}

export interface ModelDescription {
  readonly state: ModelState;
  /** Present while loaded. */
  readonly loaded?: LoadedModel;
}

/** Every model of this machine behind one `infer`. Names may be ids or aliases. */
export interface EngineManager extends InferenceBackend {
  /** Resolves when the model is ready; rejects with the reason why it is not. */
  load(name: string, options?: LoadOptions): Promise<void>;
  /** Resolves when its memory is free. */
  unload(name: string, options: { readonly force: boolean }): Promise<void>;
  describe(name: string): ModelDescription;
  /** Models that were asked for since the start; every other one is `installed`. */
  states(): ReadonlyMap<string, ModelState>;
  /** Undefined while the model is not loaded. */
  countTokens(name: string, text: string, signal: AbortSignal): Promise<number | undefined>;
  /** Predicted bytes of everything loaded or loading. */
  takenBytes(): number;
  /** Calls back with the id whose state, memory or queue changed; returns how to stop that. */
  on(event: 'changed', listener: (id: string) => void): () => void;
  /** Ends every engine, answers included. */
  dispose(): Promise<void>;
}

const defaultQueueCapacity = 64;
const sweepMs = 5000;

export function createEngineManager(deps: EngineManagerDeps): EngineManager {
  const runners = new Map<string, ModelRunner>();
  const listeners = new Set<(id: string) => void>();
  const lane = new LoadLane();
  const room = new RoomKeeper({
    clock: deps.clock,
    budgetBytes: deps.budgetBytes,
    residents,
    evict: (id) => runners.get(id)?.evict() ?? Promise.resolve(),
  });
  let isDisposed = false;
  let cancelSweep: (() => void) | undefined;

  function residents(): readonly Resident[] {
    return [...runners].flatMap(([id, runner]) => runner.resident(id) ?? []);
  }

  function announce(id: string): void {
    room.lookAgain();
    scheduleSweep();
    for (const listener of listeners) listener(id);
  }

  /** Runs only while something is loaded. */
  function scheduleSweep(): void {
    if (cancelSweep !== undefined || isDisposed || residents().length === 0) return;
    cancelSweep = deps.clock.after(sweepMs, () => {
      cancelSweep = undefined;
      for (const id of expiredResidents(residents(), deps.clock.now(), deps.idleUnloadMs())) {
        deps.logger.info({ model: id }, 'unloading idle model');
        void runners.get(id)?.evict();
      }
      scheduleSweep();
    });
  }

  function manifestOf(name: string) {
    const model = deps.library.find(name);
    if (model !== undefined) return model;
    throw new MillpondError('model-not-found', `There is no model ${name} on this machine`, {
      param: 'model',
    });
  }

  function runnerOf(name: string): ModelRunner {
    if (isDisposed) throw new MillpondError('unavailable', 'Millpond is stopping; try again later');
    const { id } = manifestOf(name);
    const known = runners.get(id);
    if (known !== undefined) return known;
    const runner = createRunner(id);
    runners.set(id, runner);
    return runner;
  }

  function createRunner(id: string): ModelRunner {
    // What the library knew last: a file may vanish while its model is still answering.
    let latest = manifestOf(id);
    return new ModelRunner({
      clock: deps.clock,
      log: deps.logger,
      machineName: deps.machineName,
      queueCapacity: deps.queueCapacity ?? defaultQueueCapacity,
      manifest: () => (latest = deps.library.find(id) ?? latest),
      preferredOptions: () => deps.loadOptions?.(id) ?? {},
      start: (order) =>
        startModel({ factory: deps.factory, probe: deps.probe, lane, makeRoom: room.make }, order),
      onChange: () => {
        announce(id);
      },
    });
  }

  return {
    async *infer(request: InferenceRequest, options: InferOptions): AsyncGenerator<InferenceChunk> {
      yield* runnerOf(request.envelope.model).infer(request, options);
    },
    load: async (name, options) => runnerOf(name).load(options),
    unload: async (name, { force }) => runnerOf(name).unload(force),
    describe(name) {
      const runner = runners.get(deps.library.find(name)?.id ?? name);
      const loaded = runner?.loaded();
      return {
        state: runner?.state ?? { phase: 'installed' },
        ...(loaded !== undefined && { loaded }),
      };
    },
    states: () => new Map([...runners].map(([id, runner]) => [id, runner.state])),
    countTokens: async (name, text, signal) =>
      runners.get(manifestOf(name).id)?.loadedEngine?.countTokens(text, signal),
    takenBytes: () => residents().reduce((sum, { bytes }) => sum + bytes, 0),
    on(_event, listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async dispose() {
      isDisposed = true;
      cancelSweep?.();
      await Promise.all([...runners.values()].map((runner) => runner.unload(true)));
    },
  };
}
