import { expect, test } from 'vitest';
import { boundsOf, canShowHours, firstRange, stepOf } from './usage-range.ts';

const now = new Date(2026, 10, 21, 13, 30).getTime();
const day = (date: number) => new Date(2026, 10, date).getTime();

test('a range of days ends with today and holds as many days as it says', () => {
  expect(boundsOf(firstRange, now)).toEqual({ from: day(8), to: day(22) });
});

test('a day is 24 hours up to the one that runs, drawn by hours', () => {
  const range = { ...firstRange, span: 'day' } as const;
  const bounds = boundsOf(range, now);
  if (bounds === undefined) throw new Error('a day has bounds');
  expect(bounds.to).toBe(new Date(2026, 10, 21, 14).getTime());
  expect(bounds.to - bounds.from).toBe(24 * 3_600_000);
  expect(stepOf(range, bounds)).toBe('hour');
});

test('a range of one’s own holds its last day, and is none while a day is missing or before the first', () => {
  const range = { ...firstRange, span: 'custom', firstDay: '2026-11-03' } as const;
  expect(boundsOf(range, now)).toBeUndefined();
  expect(boundsOf({ ...range, lastDay: '2026-11-04' }, now)).toEqual({ from: day(3), to: day(5) });
  expect(boundsOf({ ...range, lastDay: '2026-11-02' }, now)).toBeUndefined();
});

test('hours are drawn for a week at most', () => {
  const week = { from: day(8), to: day(15) };
  expect(stepOf({ ...firstRange, step: 'hour' }, week)).toBe('hour');
  expect(canShowHours({ from: day(1), to: day(15) })).toBe(false);
  expect(stepOf({ ...firstRange, step: 'hour' }, { from: day(1), to: day(15) })).toBe('day');
});
