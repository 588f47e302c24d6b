import { expect, test } from 'vitest';
import { barShares, dayStart } from './day-bars.ts';

test('the best day is full height, a quiet one stays visible, an empty one is empty', () => {
  const days = [
    { day: '2026-11-19', givenTokens: 200_000 },
    { day: '2026-11-20', givenTokens: 12 },
    { day: '2026-11-21', givenTokens: 0 },
  ];
  expect(barShares(days).map(({ share }) => share)).toEqual([1, 0.02, 0]);
});

test('days without any token have no bars at all', () => {
  expect(barShares([{ day: '2026-11-21', givenTokens: 0 }])).toEqual([
    { day: '2026-11-21', share: 0 },
  ]);
});

test('a day begins at midnight here, also west of Greenwich', () => {
  const start = new Date(dayStart('2026-11-21'));
  expect([start.getDate(), start.getMonth(), start.getHours()]).toEqual([21, 10, 0]);
});
