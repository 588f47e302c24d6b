import { expect, test } from 'vitest';
import type { LedgerLine } from '../../../api.ts';
import { sumsByDay, sumsByPerson } from './ledger-sums.ts';

function line(day: string, personId: string, served: number, consumed: number): LedgerLine {
  return {
    ...{ day, personId, personName: personId.toUpperCase() },
    ...{ servedTokens: served, servedAnswers: 1, consumedTokens: consumed, consumedAnswers: 2 },
  };
}

const lines = [
  line('2026-11-18', 'a', 10, 5),
  line('2026-11-20', 'a', 1, 0),
  line('2026-11-20', 'b', 50, 7),
];

test('each person is one row, and whoever gave most comes first', () => {
  expect(sumsByPerson(lines)).toEqual([
    {
      ...{ personId: 'b', personName: 'B', servedTokens: 50, servedAnswers: 1 },
      ...{ consumedTokens: 7, consumedAnswers: 2 },
    },
    {
      ...{ personId: 'a', personName: 'A', servedTokens: 11, servedAnswers: 2 },
      ...{ consumedTokens: 5, consumedAnswers: 4 },
    },
  ]);
});

test('quiet days between busy ones are shown as nothing', () => {
  expect(sumsByDay(lines)).toEqual([
    { day: '2026-11-18', servedTokens: 10, consumedTokens: 5 },
    { day: '2026-11-19', servedTokens: 0, consumedTokens: 0 },
    { day: '2026-11-20', servedTokens: 51, consumedTokens: 7 },
  ]);
  expect(sumsByDay([])).toEqual([]);
});
