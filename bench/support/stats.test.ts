import { expect, test } from 'vitest';
import { longestGap, median, percentile, summarize } from './stats.ts';

test('the median of an odd count is the middle value, whatever the order', () => {
  expect(median([9, 1, 5])).toBe(5);
});

test('the median of an even count is the mean of the two middle values', () => {
  expect(median([10, 1, 4, 2])).toBe(3);
});

test('a single value is its own median', () => {
  expect(median([7])).toBe(7);
});

test('nothing has no median and no percentile', () => {
  expect(() => median([])).toThrow(RangeError);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

test('a percentile is the nearest rank that covers the share', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 1)).toBe(100);
  expect(percentile(hundred, 0)).toBe(1);
  expect(percentile([3, 1, 2], 0.99)).toBe(3);
});

test('values are compared as numbers, not as text', () => {
  expect(median([10, 9, 100])).toBe(10);
  expect(percentile([2, 10, 1], 0.99)).toBe(10);
});

test('a summary names median, extremes and count', () => {
  expect(summarize([4, 2, 9])).toEqual({ median: 4, min: 2, max: 9, count: 3 });
});

test('statistics leave their input in its order', () => {
  const values = [3, 1, 2];
  summarize(values);
  percentile(values, 0.5);
  expect(values).toEqual([3, 1, 2]);
});

test('the longest gap lies between neighbours', () => {
  expect(longestGap([1, 2, 7, 8])).toBe(5);
  expect(longestGap([4])).toBe(0);
  expect(longestGap([])).toBe(0);
});
