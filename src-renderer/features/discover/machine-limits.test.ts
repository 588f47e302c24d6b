import { expect, test } from 'vitest';
import { comfortLimits } from './machine-limits.ts';

test('a graphics card sets what is comfortable, main memory what is possible', () => {
  const limits = comfortLimits({
    gpuBudgetBytes: 10e9,
    memoryBudgetBytes: 20e9,
    hasUnifiedMemory: false,
  });
  expect(limits).toEqual({ comfortableBytes: 8e9, possibleBytes: 24e9 });
});

test('without a card, and where memory is one, there is one limit', () => {
  const only = { comfortableBytes: 16e9, possibleBytes: undefined };
  expect(comfortLimits({ memoryBudgetBytes: 20e9, hasUnifiedMemory: false })).toEqual(only);
  expect(
    comfortLimits({ gpuBudgetBytes: 12e9, memoryBudgetBytes: 20e9, hasUnifiedMemory: true }),
  ).toEqual(only);
});

test('is a rule of thumb: whole gigabytes, rounded down', () => {
  const limits = comfortLimits({ memoryBudgetBytes: 12e9, hasUnifiedMemory: true });
  expect(limits?.comfortableBytes).toBe(9e9);
});

test('says nothing where nothing is known', () => {
  expect(comfortLimits({ memoryBudgetBytes: 0, hasUnifiedMemory: false })).toBeUndefined();
});
