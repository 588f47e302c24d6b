import { expect, test } from 'vitest';
import { MillpondError } from '../../../src-main/core/error.ts';
import { waitUntil } from './wait-until.ts';

test('who guessed too often waits as long as the gateway says', () => {
  const refused = new MillpondError('rate-limited', 'Too many', { retryAfterMs: 30_000 });
  expect(waitUntil(refused, 1000)).toBe(31_000);
});

test('a wrong password may be corrected at once', () => {
  expect(waitUntil(new MillpondError('unauthenticated', 'Wrong'), 1000)).toBe(0);
});
