import { expect, test } from 'vitest';
import { isDownloadHour, msToNextHour } from './download-hours.ts';

const at = (hour: number, minute = 0): number => new Date(2026, 10, 21, hour, minute).getTime();

test.each([
  { hours: { from: 0, to: 0 }, open: [0, 12, 23] },
  { hours: { from: 1, to: 7 }, open: [1, 6], closed: [0, 7, 23] },
  { hours: { from: 22, to: 6 }, open: [22, 23, 0, 5], closed: [6, 12, 21] },
])('$hours.from to $hours.to', ({ hours, open, closed = [] }) => {
  expect(open.every((hour) => isDownloadHour(hours, at(hour)))).toBe(true);
  expect(closed.some((hour) => isDownloadHour(hours, at(hour)))).toBe(false);
});

test('the next hour is never now', () => {
  expect(msToNextHour(at(7))).toBe(3_600_000);
  expect(msToNextHour(at(7, 59))).toBe(60_000);
});
