import { expect, test } from 'vitest';
import { isPageFor, pages } from './pages.ts';

test('the owner of a machine has every page, each with a number of its own', () => {
  expect(pages.filter(({ page }) => isPageFor(page, 'owner'))).toHaveLength(7);
  expect(new Set(pages.map(({ keys }) => keys)).size).toBe(pages.length);
});

test('a member of a pool sees its pools, its address and what was used, and nothing of its owner', () => {
  for (const role of ['admin', 'member', 'viewer'] as const) {
    const names = pages.filter(({ page }) => isPageFor(page, role)).map(({ page }) => page);
    expect(names).toEqual(['pool', 'server', 'activity']);
  }
});

test('a narrow window has room for four pages beside More', () => {
  expect(pages.filter(({ isUnderMore }) => isUnderMore !== true)).toHaveLength(4);
});
