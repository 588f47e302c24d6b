import { expect, test } from 'vitest';
import { offsetOf } from './text-place.ts';

const text = 'providers:\n  - preset: x\n';

test('lines and columns count from one', () => {
  expect(offsetOf(text, 1, 1)).toBe(0);
  expect(text.slice(offsetOf(text, 2, 5))).toBe('preset: x\n');
});

test('a place behind the end of its line or of the text stays inside', () => {
  expect(offsetOf(text, 1, 99)).toBe('providers:'.length);
  expect(offsetOf(text, 99, 1)).toBe(text.length);
});
