import type { ReasoningEffort } from '../../core/inference.ts';

/** Upper bounds of thinking, in tokens; the higher efforts leave it to the model. */
export const reasoningBudgets: Partial<Record<ReasoningEffort, number>> = {
  minimal: 256,
  low: 1024,
  medium: 4096,
};
