import type { LoadOptions, ModelManifest } from '../../core/model.ts';
import { degradationNotice, degradeOptions } from './crash-policy.ts';
import type { Degradation } from './crash-policy.ts';
import type { ModelInspection } from '../hosting/host-protocol.ts';
import type { ModelProbe } from '../ports.ts';

/** How a model is going to be loaded, and what that takes. */
export interface LoadPlan {
  readonly options: LoadOptions;
  readonly predictedBytes: number;
  /** Said to people when it gets less than it would like. */
  readonly notice?: string;
}

interface PlanInput {
  readonly model: ModelManifest;
  /** What a person chose; everything else may be made smaller. */
  readonly options: LoadOptions;
  readonly degradation: Degradation;
  readonly budgetBytes: number;
  readonly signal: AbortSignal;
}

/** A context below this is of little use; rather refuse. */
const smallestContext = 2048;

/** Predicts the memory of a model and makes what nobody chose smaller until it is within the budget. */
export async function planLoad(probe: ModelProbe, input: PlanInput): Promise<LoadPlan> {
  const { model, degradation, budgetBytes, signal } = input;
  let { options } = input;
  let inspection = await probe.inspect(model.path, options, signal);
  if (degradation !== 'none') {
    options = degradeOptions(options, degradation, inspection.contextLength);
    inspection = await probe.inspect(model.path, options, signal);
  }
  let notice = degradationNotice(degradation, inspection.contextLength);
  while (inspection.predictedBytes > budgetBytes) {
    const leaner = leanerOptions(options, input.options, inspection);
    if (leaner === undefined) break;
    options = leaner;
    inspection = await probe.inspect(model.path, options, signal);
    notice = leanNotice(inspection);
  }
  const { predictedBytes } = inspection;
  return { options, predictedBytes, ...(notice !== undefined && { notice }) };
}

/** Fewer slots first, then a shorter context; undefined when only a person could give up more. */
export function leanerOptions(
  options: LoadOptions,
  chosen: LoadOptions,
  { slots, contextLength }: Pick<ModelInspection, 'slots' | 'contextLength'>,
): LoadOptions | undefined {
  if (chosen.slots === undefined && slots > 1) {
    return { ...options, contextLength, slots: Math.floor(slots / 2) };
  }
  if (chosen.contextLength === undefined && contextLength > smallestContext) {
    const half = Math.max(smallestContext, Math.floor(contextLength / 2));
    return { ...options, slots, contextLength: half };
  }
  return undefined;
}

function leanNotice({ slots, contextLength }: ModelInspection): string {
  const what = slots === 1 ? 'one slot' : `${String(slots)} slots`;
  return `To stay within the memory for models it runs with ${what} of ${String(contextLength)} tokens`;
}
