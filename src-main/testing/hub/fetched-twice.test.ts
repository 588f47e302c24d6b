import { expect, test } from 'vitest';
import { bytesSentTwice } from './fetched-twice.ts';

test('counts what was sent more than once, as often as that', () => {
  expect(bytesSentTwice([])).toBe(0);
  expect(
    bytesSentTwice([
      { start: 0, end: 10 },
      { start: 10, end: 20 },
    ]),
  ).toBe(0);
  expect(
    bytesSentTwice([
      { start: 5, end: 15 },
      { start: 0, end: 10 },
    ]),
  ).toBe(5);
  expect(
    bytesSentTwice([
      { start: 0, end: 10 },
      { start: 2, end: 4 },
      { start: 3, end: 12 },
    ]),
  ).toBe(9);
});
