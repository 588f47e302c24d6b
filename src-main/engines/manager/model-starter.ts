import { MillpondError } from '../../core/error.ts';
import type { GpuFacts } from '../../core/hardware.ts';
import type { EngineKind, LoadOptions, ModelManifest } from '../../core/model.ts';
import type { Degradation } from './crash-policy.ts';
import type { EngineFactory, InferenceEngine } from '../engine.ts';
import type { ModelInspection } from '../hosting/host-protocol.ts';
import type { LoadLane } from './load-lane.ts';
import { LoadLessons } from './load-lessons.ts';
import { planLoad } from './load-plan.ts';
import type { LoadForecast, ModelProbe } from '../ports.ts';
import type { MemoryBudget, MemoryNeed } from './residency.ts';

export interface StarterDeps {
  readonly factory: EngineFactory;
  readonly probe: ModelProbe;
  /** Predicts models in folders, which the probe does not read. */
  readonly inspectFolder?: (model: ModelManifest, options: LoadOptions) => Promise<ModelInspection>;
  /** Corrects predictions and learns from loads; absent: the probe is believed. */
  readonly forecast?: LoadForecast;
  /** The program that a load with these options would use; absent: always our own. */
  readonly engineOf?: (model: ModelManifest, options: LoadOptions) => EngineKind | undefined;
  /** The cards of the snapshot, missing ones included. */
  readonly gpus?: () => readonly GpuFacts[];
  readonly lane: LoadLane;
  /** What models may take together, now. */
  readonly budget: () => MemoryBudget;
  /** Resolves once the model's predicted memory is free; it must be counted as taken before. */
  readonly makeRoom: (
    model: ModelManifest,
    need: MemoryNeed,
    order: Pick<StartOrder, 'isForOthers' | 'signal'>,
  ) => Promise<void>;
}

export interface StartOrder {
  readonly model: ModelManifest;
  readonly options: LoadOptions;
  readonly degradation: Degradation;
  /** Only others want it so far. */
  readonly isForOthers: () => boolean;
  readonly onPredicted: (need: MemoryNeed) => void;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

export interface StartedModel {
  readonly engine: InferenceEngine;
  readonly kind: EngineKind;
  readonly lessons: LoadLessons;
  /** Said to people while it runs with less than it would like. */
  readonly notice?: string;
}

/** Brings a model up: wait for the lane, predict its memory, make room, load. */
export function startModel(deps: StarterDeps, order: StartOrder): Promise<StartedModel> {
  return deps.lane.run(order.signal, async () => {
    const { model, degradation, onProgress, signal } = order;
    if (model.problem !== undefined) throw new MillpondError('model-load-failed', model.problem);
    const kind = deps.engineOf?.(model, order.options) ?? 'llama-cpp';
    // Another program differs from its prediction in its own way: nothing is learnt from it.
    const forecast = kind === 'llama-cpp' ? deps.forecast : undefined;
    const plan = await planLoad(
      {
        inspect: (options) => inspect(deps, model, options, signal),
        correct: (need) => forecast?.correct(need) ?? need,
      },
      {
        ...{ model, options: order.options, degradation },
        budget: deps.budget(),
        gpus: deps.gpus?.() ?? [],
      },
    );
    order.onPredicted(plan.need);
    await deps.makeRoom(model, plan.need, order);
    const engine = await deps.factory.load({ model, options: plan.options, onProgress, signal });
    const lessons = new LoadLessons({ engine, plan, forecast });
    return { engine, kind, lessons, ...(plan.notice !== undefined && { notice: plan.notice }) };
  });
}

async function inspect(
  deps: StarterDeps,
  model: ModelManifest,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<ModelInspection> {
  if (model.format === 'mlx' && deps.inspectFolder !== undefined) {
    return await deps.inspectFolder(model, options);
  }
  return await deps.probe.inspect(model.path, options, signal);
}
