import { expect, test } from 'vitest';
import { sortRows } from './row-sort.ts';

/** The same numbers each time, over the whole range or a part of it. */
function drawKeys(count: number, highest: number): Uint32Array {
  let state = 1;
  return Uint32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % highest;
  });
}

test.each([1, 7, 300, 70_000, 2 ** 32 - 1])(
  'rows with keys below %d are sorted as by comparing, equals in their order',
  (highest) => {
    const keys = drawKeys(500, highest);
    const rows = Uint32Array.from(keys.keys());
    const compared = [...rows].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
    sortRows(rows, keys);
    expect([...rows]).toEqual(compared);
  },
);

test('only the rows that are given are moved', () => {
  const rows = Uint32Array.of(9, 3, 1, 2);
  sortRows(rows.subarray(1), Uint32Array.of(0, 30, 20, 10));
  expect([...rows]).toEqual([9, 3, 2, 1]);
  sortRows(rows.subarray(0, 0), Uint32Array.of());
  expect([...rows]).toEqual([9, 3, 2, 1]);
});
