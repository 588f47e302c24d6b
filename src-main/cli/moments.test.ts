import { expect, test } from 'vitest';
import { formatTimeOfDay, nextAt, parseSpan, parseTimeOfDay } from './moments.ts';

test.each([
  ['30m', 30 * 60_000],
  ['12h', 12 * 3600_000],
  ['7d', 7 * 24 * 3600_000],
  ['2w', 14 * 24 * 3600_000],
  ['never', Infinity],
])('%s is a span', (text, ms) => {
  expect(parseSpan(text)).toBe(ms);
});

test.each(['', '7', 'd', '0d', '-1d', '1.5h', '99999d', '7 d'])('"%s" is no span', (text) => {
  expect(() => parseSpan(text)).toThrow('Give a time such as');
});

test.each(['24:00', '7', '7:5', '07:60', 'noon', ''])('"%s" is no time of day', (text) => {
  expect(() => parseTimeOfDay(text)).toThrow('Give a time of day');
});

test('the next 18:30 is today before it and tomorrow from then on', () => {
  const at = (hours: number, minutes: number): Date => new Date(2026, 10, 30, hours, minutes);
  const time = parseTimeOfDay('18:30');
  expect(nextAt(time, at(18, 29))).toEqual(at(18, 30));
  expect(nextAt(time, at(18, 30))).toEqual(new Date(2026, 11, 1, 18, 30));
  expect(formatTimeOfDay(nextAt(parseTimeOfDay('7:05'), at(1, 0)))).toBe('07:05');
});
