import { MillpondError } from '../../core/error.ts';
import type { GpuFacts } from '../../core/hardware.ts';
import type { LoadOptions, ModelManifest } from '../../core/model.ts';
import { degradationNotice, degradeOptions } from './crash-policy.ts';
import type { Degradation } from './crash-policy.ts';
import type { ModelInspection } from '../hosting/host-protocol.ts';
import { judgeCards } from './missing-cards.ts';
import { exceeds } from './residency.ts';
import type { MemoryBudget, MemoryNeed } from './residency.ts';

/** How a model is going to be loaded, and what that takes. */
export interface LoadPlan {
  readonly options: LoadOptions;
  /** What the engine's probe says, uncorrected. */
  readonly inspection: ModelInspection;
  /** What it will take, as this machine's earlier loads correct the probe. */
  readonly need: MemoryNeed;
  /** Said to people when it gets less than it would like. */
  readonly notice?: string;
}

interface PlanInput {
  readonly model: ModelManifest;
  /** What a person chose; everything else may be made smaller. */
  readonly options: LoadOptions;
  readonly degradation: Degradation;
  readonly budget: MemoryBudget;
  /** The cards of the snapshot, those that are missing now included. */
  readonly gpus: readonly GpuFacts[];
}

interface PlanTools {
  readonly inspect: (options: LoadOptions) => Promise<ModelInspection>;
  readonly correct: (need: MemoryNeed) => MemoryNeed;
}

/** A context below this is of little use; rather refuse. */
const smallestContext = 2048;

/**
 * Predicts the memory of a model and makes what nobody chose smaller until it is within the budget.
 * Rejects with `model-load-failed` when the cards that should run it are gone.
 */
export async function planLoad(tools: PlanTools, input: PlanInput): Promise<LoadPlan> {
  const { model, degradation, budget } = input;
  const cards = judgeCards(input.options, input.gpus);
  if (cards.kind === 'refuse') {
    const sentence = `${model.name} was not loaded: ${cards.sentence}`;
    throw new MillpondError('model-load-failed', sentence);
  }
  let { options } = input;
  let inspection = await tools.inspect(options);
  if (degradation !== 'none') {
    options = degradeOptions(options, degradation, inspection.contextLength);
    inspection = await tools.inspect(options);
  }
  let notice = degradationNotice(degradation, inspection.contextLength);
  while (exceeds(tools.correct(inspection), budget)) {
    const leaner = leanerOptions(options, input.options, inspection);
    if (leaner === undefined) break;
    options = leaner;
    inspection = await tools.inspect(options);
    notice = leanNotice(inspection);
  }
  const notices = [cards.notice, notice].filter((text) => text !== undefined).join('. ');
  return {
    options,
    inspection,
    need: tools.correct(inspection),
    ...(notices !== '' && { notice: notices }),
  };
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

/** Whether two loads would be the same. */
export function isSame(a: LoadOptions, b: LoadOptions): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof LoadOptions)[]);
  return [...names].every((name) => a[name] === b[name]);
}
