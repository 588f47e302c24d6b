import { expect, test } from 'vitest';
import { comparePrediction } from './prediction.ts';

test('a prediction is right, high or low by a share of what was measured', () => {
  expect(comparePrediction(1000, 1003)?.kind).toBe('right');
  expect(comparePrediction(110, 100)).toEqual({ kind: 'high', share: 0.1 });
  expect(comparePrediction(90, 100)).toEqual({ kind: 'low', share: 0.1 });
});

test('nothing is said before both are known', () => {
  expect(comparePrediction(undefined, 100)).toBeUndefined();
  expect(comparePrediction(100, undefined)).toBeUndefined();
  expect(comparePrediction(100, 0)).toBeUndefined();
});
