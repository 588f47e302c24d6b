import { expect, test } from 'vitest';
import { firstHeadingDepth, headingTag } from './headings.ts';

test('the first heading of an answer stands right below the one of its turn', () => {
  for (const depth of [1, 2, 3, 6]) expect(headingTag(depth, depth)).toBe('h3');
});

test('deeper headings keep their distance, shallower ones rise no higher', () => {
  expect([1, 2, 3, 4, 5].map((depth) => headingTag(depth, 2))).toEqual([
    'h3',
    'h3',
    'h4',
    'h5',
    'h6',
  ]);
});

test('finds the first heading, and takes none from code or a hash tag', () => {
  expect(firstHeadingDepth(['Hello', '## Flow', '# Title'])).toBe(2);
  expect(firstHeadingDepth(['```sh\n# a comment\n```', '#tag', '### Steps'])).toBe(3);
  expect(firstHeadingDepth(['Hello'])).toBe(1);
});
