import { expect, test } from 'vitest';
import { createBackoff } from './backoff.ts';

const pauses = (random: number, count: number): number[] => {
  const backoff = createBackoff({ initialMs: 500, maxMs: 4000, random: () => random });
  return Array.from({ length: count }, () => backoff.next());
};

test('pauses double up to the ceiling and never fall below half of it', () => {
  expect(pauses(1, 5)).toEqual([500, 1000, 2000, 4000, 4000]);
  expect(pauses(0, 5)).toEqual([250, 500, 1000, 2000, 2000]);
});

test('a reset starts over', () => {
  const backoff = createBackoff({ initialMs: 500, maxMs: 4000, random: () => 1 });
  backoff.next();
  backoff.next();
  backoff.reset();
  expect(backoff.next()).toBe(500);
});

test('a very long outage keeps the ceiling', () => {
  expect(pauses(1, 2000).at(-1)).toBe(4000);
});
