import { expect, test } from 'vitest';
import { chosenText } from './chosen-text.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { formatPageRange, parsePageRange } from './page-range.ts';

test.each([
  ['', [1, 2, 3, 4, 5]],
  ['2', [2]],
  ['1-3, 5', [1, 2, 3, 5]],
  ['5；3，3–4', [3, 4, 5]],
  ['4-', [4, 5]],
  ['-2', [1, 2]],
])('“%s” of five pages is %j', (range, pages) => {
  expect(parsePageRange(range, 5)).toEqual(pages);
});

test.each(['0', '6', '3-2', 'x', '1-2-3', '-', '1e3', '99999999999999999999'])(
  '“%s” of five pages is refused, saying how many there are',
  (range) => {
    expect(() => parsePageRange(range, 5)).toThrow(/has 5; write for example 1-3, 7/);
  },
);

test('pages are written as short as they can be', () => {
  expect(formatPageRange([1, 2, 3, 5, 7, 8])).toBe('1-3, 5, 7-8');
});

test('the model reads the chosen pages, each with its number', () => {
  const attachment = {
    ...{ id: 'a', name: 'a.pdf', mediaType: 'application/pdf' },
    ...{ sizeBytes: 1, characters: 1, tokens: 1, pages: 3, pageRange: '1, 3', isImage: false },
  };
  expect(chosenText({ attachment, pageTexts: ['one', 'two', 'three'] })).toBe(
    '[Page 1]\none\n\n[Page 3]\nthree',
  );
});

test('tokens are estimated by script', () => {
  expect(estimateTokens('abcdefgh')).toBe(2);
  expect(estimateTokens('天气')).toBe(2);
  expect(estimateTokens('')).toBe(0);
});
