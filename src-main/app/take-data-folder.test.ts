import { expect, test } from 'vitest';
import { isOlder } from './take-data-folder.ts';

test('compares release numbers part by part', () => {
  expect(isOlder('0.9.0', '0.10.0')).toBe(true);
  expect(isOlder('0.10.0', '0.9.0')).toBe(false);
  expect(isOlder('1.0.0', '1.0.0')).toBe(false);
  expect(isOlder('1.0.0-beta', '1.0.0')).toBe(false);
  expect(isOlder('1.0', '1.0.1')).toBe(true);
});
