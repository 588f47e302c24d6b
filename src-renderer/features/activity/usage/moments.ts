import type { UsageReport, UsageSum } from '../../../api.ts';

export interface Moment {
  readonly at: number;
  readonly sum: UsageSum;
}

/** What all rows used together at each moment that somebody used something; newest first. */
export function momentsOf(rows: UsageReport['rows']): readonly Moment[] {
  const moments = Map.groupBy(
    rows.flatMap(({ points }) => points),
    ({ at }) => at,
  );
  return [...moments]
    .map(([at, points]) => ({ at, sum: points.map(({ sum }) => sum).reduce(added) }))
    .toSorted((a, b) => b.at - a.at);
}

function added(a: UsageSum, b: UsageSum): UsageSum {
  return {
    requests: a.requests + b.requests,
    failed: a.failed + b.failed,
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    costMicros: a.costMicros + b.costMicros,
    creditMicros: a.creditMicros + b.creditMicros,
    unpriced: a.unpriced + b.unpriced,
  };
}
