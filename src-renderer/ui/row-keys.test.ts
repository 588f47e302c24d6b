import { expect, test } from 'vitest';
import { rowAfter } from './row-keys.ts';

test('arrows stop at both ends, Home and End jump there', () => {
  expect([rowAfter('ArrowDown', 0, 3), rowAfter('ArrowDown', 2, 3)]).toEqual([1, -1]);
  expect([rowAfter('ArrowUp', 1, 3), rowAfter('ArrowUp', 0, 3)]).toEqual([0, -1]);
  expect([rowAfter('Home', 2, 3), rowAfter('End', 0, 3), rowAfter('a', 1, 3)]).toEqual([0, 2, -1]);
});
