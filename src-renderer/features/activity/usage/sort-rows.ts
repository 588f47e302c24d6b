import type { UsageReport } from '../../../api.ts';
import type { SortState } from '../../../ui/Table.tsx';
import { amountOf } from './chart-series.ts';
import type { Metric } from './chart-series.ts';

export const usageColumns = [
  ...(['name', 'requests', 'failed', 'tokens', 'in', 'cached', 'out', 'cost'] as const),
] as const;
export type UsageColumn = (typeof usageColumns)[number];

type Row = UsageReport['rows'][number];

/** The order of the chart: what is highest there stands first. */
export function sortOfMetric(metric: Metric): SortState<UsageColumn> {
  return { column: metric, direction: 'descending' };
}

/** `nameOf` writes the row's name as it is shown. */
export function sortRows(
  rows: readonly Row[],
  sort: SortState<UsageColumn>,
  nameOf: (row: Row) => string,
): readonly Row[] {
  const sign = sort.direction === 'ascending' ? 1 : -1;
  const byName = (a: Row, b: Row) => nameOf(a).localeCompare(nameOf(b));
  return rows.toSorted((a, b) => {
    if (sort.column === 'name') return sign * byName(a, b);
    return sign * (figureOf(a, sort.column) - figureOf(b, sort.column)) || byName(a, b);
  });
}

function figureOf({ sum }: Row, column: Exclude<UsageColumn, 'name'>): number {
  switch (column) {
    case 'requests':
      return amountOf(sum, 'requests');
    case 'failed':
      return sum.failed;
    case 'tokens':
      return amountOf(sum, 'tokens');
    case 'in':
      return sum.promptTokens;
    case 'cached':
      return sum.promptTokens === 0 ? 0 : sum.cachedTokens / sum.promptTokens;
    case 'out':
      return sum.completionTokens;
    case 'cost':
      return sum.costMicros;
  }
}
