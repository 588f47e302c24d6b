import { expect, test } from 'vitest';
import { hubTrouble } from './hub-trouble.ts';
import { repairOf } from './problem.ts';

const unreachable = { code: 'unavailable', message: 'no answer', reason: 'hub-unreachable' };
const broken = { code: 'internal', message: 'odd' };
const fresh = { endpoint: 'https://huggingface.co', at: 1, isStale: false };

test('each reason has the repair that helps', () => {
  expect(repairOf(unreachable)).toBe('endpoint');
  expect(repairOf({ ...unreachable, reason: 'hub-closed' })).toBe('closed');
  for (const reason of ['token-needed', 'token-refused', 'gated-access-needed']) {
    expect(repairOf({ code: 'forbidden', message: '', reason })).toBe('access');
  }
  expect(repairOf({ code: 'storage-full', message: 'no room' })).toBe('again');
});

test('a hub that does not answer is told once for all lists of the page', () => {
  expect(hubTrouble([unreachable, unreachable], [])).toEqual({
    kind: 'problem',
    problem: unreachable,
  });
});

test('what fails in one list only is told there', () => {
  expect(hubTrouble([broken, undefined], [fresh])).toBeUndefined();
});

test('old answers are named as such, unless the reason is known', () => {
  const stale = { ...fresh, isStale: true };
  expect(hubTrouble([undefined], [fresh, stale])).toEqual({ kind: 'stale', freshness: stale });
  expect(hubTrouble([unreachable], [stale])?.kind).toBe('problem');
});
