import { expect, test } from 'vitest';
import { nextRegion } from './regions.ts';

const regions = ['rail', 'content', 'panel'];

test('F6 goes round in the order of the page, backwards with Shift', () => {
  expect(nextRegion(regions, 'panel', false)).toBe('rail');
  expect(nextRegion(regions, 'rail', true)).toBe('panel');
  expect(nextRegion(regions, 'rail', false)).toBe('content');
});

test('starts at the first region when the focus is nowhere', () => {
  expect(nextRegion(regions, undefined, false)).toBe('rail');
  expect(nextRegion(regions, undefined, true)).toBe('panel');
  const none: readonly string[] = [];
  expect(nextRegion(none, undefined, false)).toBeUndefined();
});
