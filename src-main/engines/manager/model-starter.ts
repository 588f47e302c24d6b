import { MillpondError } from '../../core/error.ts';
import type { LoadOptions, ModelManifest } from '../../core/model.ts';
import type { Degradation } from './crash-policy.ts';
import type { EngineFactory, InferenceEngine } from '../engine.ts';
import type { LoadLane } from './load-lane.ts';
import { planLoad } from './load-plan.ts';
import type { ModelProbe } from '../ports.ts';

export interface StarterDeps {
  readonly factory: EngineFactory;
  readonly probe: ModelProbe;
  readonly lane: LoadLane;
  /** Bytes that models may take together, now. */
  readonly budgetBytes: () => number;
  /** Resolves once the model's predicted bytes are free; they must be counted as taken before. */
  readonly makeRoom: (model: ModelManifest, bytes: number, signal: AbortSignal) => Promise<void>;
}

export interface StartOrder {
  readonly model: ModelManifest;
  readonly options: LoadOptions;
  readonly degradation: Degradation;
  readonly onPredicted: (bytes: number) => void;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

export interface StartedModel {
  readonly engine: InferenceEngine;
  /** Said to people while it runs with less than it would like. */
  readonly notice?: string;
}

/** Brings a model up: wait for the lane, predict its memory, make room, load. */
export function startModel(deps: StarterDeps, order: StartOrder): Promise<StartedModel> {
  return deps.lane.run(order.signal, async () => {
    const { model, degradation, onProgress, signal } = order;
    if (model.problem !== undefined) throw new MillpondError('model-load-failed', model.problem);
    const budgetBytes = deps.budgetBytes();
    const wishes = { model, options: order.options, degradation, budgetBytes, signal };
    const { options, predictedBytes, notice } = await planLoad(deps.probe, wishes);
    order.onPredicted(predictedBytes);
    await deps.makeRoom(model, predictedBytes, signal);
    const engine = await deps.factory.load({ model, options, onProgress, signal });
    return { engine, ...(notice !== undefined && { notice }) };
  });
}
