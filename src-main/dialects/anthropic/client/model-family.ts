import type { ReasoningEffort } from '../../../core/inference.ts';
import { anthropicEffortOf } from '../thinking.ts';
import type { AnthropicEffort } from '../thinking.ts';

/** What a model's name tells about how it has to be asked. */
export interface ModelFamily {
  /** `budget` is told how many tokens it may think, `adaptive` how hard. */
  readonly thinking: 'budget' | 'adaptive';
  /** Whether it knows the effort between `high` and `max`. */
  readonly hasXhigh: boolean;
  /** Sent for callers who name no limit, which the API insists on: as much as every model of the family gives. */
  readonly defaultMaxTokens: number;
}

const versioned = /claude-[a-z]+-(\d+)(?:[-.](\d{1,2}))?(?!\d)/;

/** Models of other makers behind this API, and those of before the fourth generation. */
const oldest: ModelFamily = { thinking: 'budget', hasXhigh: false, defaultMaxTokens: 8192 };

/** By the name alone, with or without a date or a cloud's prefix; unknown names are taken for the oldest kind. */
export function familyOf(modelName: string): ModelFamily {
  const found = versioned.exec(modelName.toLowerCase());
  if (found === null) return oldest;
  const version = Number(found[1]) + Number(found[2] ?? 0) / 100;
  if (version < 4) return oldest;
  return {
    thinking: version >= 4.06 ? 'adaptive' : 'budget',
    hasXhigh: version >= 4.07,
    defaultMaxTokens: 32_000,
  };
}

export function effortFor(
  effort: Exclude<ReasoningEffort, 'none'>,
  { hasXhigh }: ModelFamily,
): AnthropicEffort {
  const named = anthropicEffortOf(effort);
  return named === 'xhigh' && !hasXhigh ? 'high' : named;
}
