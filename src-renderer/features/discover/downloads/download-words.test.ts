import { expect, test } from 'vitest';
import { hourText, timeLeft } from './download-words.ts';

test.each([
  [0, { unit: 'moment', hours: 0, minutes: 0 }],
  [9.9, { unit: 'moment', hours: 0, minutes: 0 }],
  [40, { unit: 'minute', hours: 0, minutes: 1 }],
  [61, { unit: 'minute', hours: 0, minutes: 1 }],
  [134, { unit: 'minutes', hours: 0, minutes: 2 }],
  [3560, { unit: 'minutes', hours: 0, minutes: 59 }],
  [3599, { unit: 'hours', hours: 1, minutes: 0 }],
  [7800, { unit: 'hours', hours: 2, minutes: 10 }],
  [7190, { unit: 'hours', hours: 2, minutes: 0 }],
])('%d seconds are said as %o', (seconds, words) => {
  expect(timeLeft(seconds)).toEqual(words);
});

test('an unknown time is left out, never guessed', () => {
  for (const seconds of [undefined, Number.NaN, Number.POSITIVE_INFINITY, -3]) {
    expect(timeLeft(seconds)).toBeUndefined();
  }
});

test('hours of the day have two digits', () => {
  expect([hourText(6), hourText(22)]).toEqual(['06:00', '22:00']);
});
