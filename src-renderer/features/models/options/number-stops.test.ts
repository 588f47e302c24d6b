import { expect, test } from 'vitest';
import { contextStops, placeOf } from './number-stops.ts';

test('a context slider stops at round sizes and at what the model was trained for', () => {
  expect(contextStops(8192)).toEqual([2048, 3072, 4096, 6144, 8192]);
  expect(contextStops(10_000).at(-1)).toBe(10_000);
  expect(contextStops(1024)).toEqual([1024]);
});

test('a typed value stands at the stop below it', () => {
  const stops = contextStops(8192);
  expect([512, 2048, 5000, 8192, 9999].map((value) => placeOf(stops, value))).toEqual([
    0, 0, 2, 4, 4,
  ]);
});
