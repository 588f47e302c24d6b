import { expect, test } from 'vitest';
import { cardOpening } from './card-opening.ts';

const paragraph = 'word '.repeat(80).trim();

test('a short card is shown whole', () => {
  expect(cardOpening('# Title\n\nSmall and quick.')).toEqual({
    opening: '# Title\n\nSmall and quick.',
    isAll: true,
  });
  expect(cardOpening('')).toEqual({ opening: '', isAll: true });
});

test('a long card is cut between its blocks', () => {
  const card = Array.from({ length: 10 }, () => paragraph).join('\n\n');
  const { opening, isAll } = cardOpening(card);
  expect(isAll).toBe(false);
  expect(opening.split('\n\n').every((block) => block === paragraph)).toBe(true);
  expect(opening.length).toBeLessThan(2000);
});

test('a long table behind the first words is left for the whole card', () => {
  const table = ['| a | b |', '|--|--|', ...Array.from({ length: 300 }, () => '| 1 | 2 |')].join(
    '\n',
  );
  expect(cardOpening(`Some words.\n\n${table}`)).toEqual({ opening: 'Some words.', isAll: false });
});

test('the opening does not end with a heading whose text is missing', () => {
  const card = [paragraph, paragraph, '## Results', paragraph.repeat(9), 'end'].join('\n\n');
  expect(cardOpening(card).opening.endsWith('## Results')).toBe(false);
});
