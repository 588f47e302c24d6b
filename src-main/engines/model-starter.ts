import { MillpondError } from '../core/error.ts';
import type { LoadOptions, ModelManifest } from '../core/model.ts';
import { degradeOptions } from './crash-policy.ts';
import type { Degradation } from './crash-policy.ts';
import type { EngineFactory, InferenceEngine } from './engine.ts';
import type { ModelInspection } from './host-protocol.ts';
import type { LoadLane } from './load-lane.ts';
import type { ModelProbe } from './ports.ts';

export interface StarterDeps {
  readonly factory: EngineFactory;
  readonly probe: ModelProbe;
  readonly lane: LoadLane;
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

/** Brings a model up: wait for the lane, predict its memory, make room, load. */
export function startModel(deps: StarterDeps, order: StartOrder): Promise<InferenceEngine> {
  return deps.lane.run(order.signal, async () => {
    const { model, signal } = order;
    if (model.problem !== undefined) throw new MillpondError('model-load-failed', model.problem);
    const { options, inspection } = await predict(deps.probe, order);
    order.onPredicted(inspection.predictedBytes);
    await deps.makeRoom(model, inspection.predictedBytes, signal);
    return deps.factory.load({ model, options, onProgress: order.onProgress, signal });
  });
}

interface Prediction {
  readonly options: LoadOptions;
  readonly inspection: ModelInspection;
}

async function predict(probe: ModelProbe, order: StartOrder): Promise<Prediction> {
  const { model, degradation, signal } = order;
  const inspection = await probe.inspect(model.path, order.options, signal);
  if (degradation === 'none') return { options: order.options, inspection };
  const options = degradeOptions(order.options, degradation, inspection.contextLength);
  return { options, inspection: await probe.inspect(model.path, options, signal) };
}
