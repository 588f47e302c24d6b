import type { ReasoningEffort } from '../../core/inference.ts';

/** The least that the API takes as `budget_tokens`. */
export const smallestBudget = 1024;

/**
 * How many tokens of thinking an effort stands for, where a model is given a budget instead of an
 * effort. What a caller said in tokens is never replaced by these.
 */
const budgets: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: smallestBudget,
  low: smallestBudget,
  medium: 4096,
  high: 16_384,
  xhigh: 24_576,
  max: 31_999,
};

export function budgetOfEffort(effort: Exclude<ReasoningEffort, 'none'>): number {
  return budgets[effort];
}

/** The efforts of the API; it has neither `none` nor `minimal`. */
export type AnthropicEffort = Exclude<ReasoningEffort, 'none' | 'minimal'>;

export const anthropicEfforts = [
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const satisfies readonly AnthropicEffort[];

/** The effort that a budget stands for: the greatest one whose own budget it reaches. */
export function effortOfBudget(tokens: number): AnthropicEffort {
  return anthropicEfforts.findLast((effort) => tokens >= budgets[effort]) ?? 'low';
}

export function anthropicEffortOf(effort: Exclude<ReasoningEffort, 'none'>): AnthropicEffort {
  return effort === 'minimal' ? 'low' : effort;
}
