import { expect, test } from 'vitest';
import { Parallelism } from './parallelism.ts';

/** Feeds the rate that so many ranges would have, tick by tick, and says what was in use. */
function run(parallelism: Parallelism, ticks: number, rate: (ranges: number) => number): number[] {
  return Array.from({ length: ticks }, () => {
    parallelism.observe(rate(parallelism.ranges));
    return parallelism.ranges;
  });
}

test('grows to the most while each step makes the whole faster', () => {
  const used = run(new Parallelism(2, 8), 12, (ranges) => ranges * 10);
  expect(used.at(0)).toBe(2);
  expect(used.at(-1)).toBe(8);
  expect(used).toEqual(used.toSorted((a, b) => a - b));
});

test('goes back when a step brought nothing, and leaves it at that for a while', () => {
  const parallelism = new Parallelism(2, 8);
  const used = run(parallelism, 20, () => 100);
  expect(Math.max(...used)).toBe(4);
  expect(used.slice(-10)).toEqual(Array.from({ length: 10 }, () => 2));
});

test('halves with each failure and never ends', () => {
  const parallelism = new Parallelism(8, 8);
  const used = [1, 2, 3, 4, 5].map(() => {
    parallelism.failed();
    return parallelism.ranges;
  });
  expect(used).toEqual([4, 2, 1, 1, 1]);
});

test('grows again after a failure has been left behind', () => {
  const parallelism = new Parallelism(8, 8);
  parallelism.failed();
  const used = run(parallelism, 30, (ranges) => ranges * 10);
  expect(used.slice(0, 15)).toEqual(Array.from({ length: 15 }, () => 4));
  expect(used.at(-1)).toBe(8);
});
