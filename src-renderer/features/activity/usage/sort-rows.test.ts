import { expect, test } from 'vitest';
import type { UsageReport } from '../../../api.ts';
import { sortOfMetric, sortRows } from './sort-rows.ts';

const none = {
  ...{ requests: 0, failed: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0 },
  ...{ reasoningTokens: 0, costMicros: 0, creditMicros: 0, unpriced: 0 },
};
const row = (label: string, sum: Partial<typeof none>): UsageReport['rows'][number] => ({
  ...{ group: label, label, points: [] },
  sum: { ...none, ...sum },
});

const rows = [
  row('b', { promptTokens: 10, cachedTokens: 9, costMicros: 1 }),
  row('a', { promptTokens: 100, cachedTokens: 10, costMicros: 1 }),
];
const labels = (column: Parameters<typeof sortRows>[1]) =>
  sortRows(rows, column, ({ label }) => label).map(({ label }) => label);

test('the cached column sorts by its share, as it is written', () => {
  expect(labels({ column: 'cached', direction: 'descending' })).toEqual(['b', 'a']);
  expect(labels({ column: 'in', direction: 'descending' })).toEqual(['a', 'b']);
});

test('equal figures stand by name, whichever way the column is turned', () => {
  expect(labels({ column: 'cost', direction: 'descending' })).toEqual(['a', 'b']);
  expect(labels({ column: 'cost', direction: 'ascending' })).toEqual(['a', 'b']);
});

test('the table begins in the order of the chart', () => {
  expect(sortOfMetric('cost')).toEqual({ column: 'cost', direction: 'descending' });
});
