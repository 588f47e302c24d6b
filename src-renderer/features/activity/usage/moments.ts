import { addUsageSums } from '../../../api.ts';
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
    .map(([at, points]) => ({ at, sum: points.map(({ sum }) => sum).reduce(addUsageSums) }))
    .toSorted((a, b) => b.at - a.at);
}
