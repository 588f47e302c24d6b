import { expect, test } from 'vitest';
import type { AnswerRecord } from './contestant.ts';
import { jointRate } from './decode-rate.ts';

const record = (...arrivals: readonly (readonly [at: number, tokens: number])[]): AnswerRecord => ({
  askedAt: 0,
  text: '',
  arrivals: arrivals.map(([at, tokens]) => ({ at, tokens })),
});

test('a stream alone counts what came after its first arrival', () => {
  expect(jointRate([record([100, 1], [600, 5], [1100, 5])])).toBe(10);
});

test('only the time in which every stream wrote counts', () => {
  const early = record([0, 1], [500, 10], [1000, 10], [2000, 2]);
  const late = record([500, 1], [1000, 1], [3000, 50]);
  // From 500 (the late one begins) to 2000 (the early one ends): 10 + 2 and 1 tokens in 1.5 s.
  expect(jointRate([early, late])).toBeCloseTo(13 / 1.5);
});

test('streams that followed each other have no joint rate', () => {
  expect(() => jointRate([record([0, 1], [10, 1]), record([20, 1], [30, 1])])).toThrow(/same time/);
});
