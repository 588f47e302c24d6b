import { expect, test } from 'vitest';
import { titleFrom } from './title.ts';

test.each([
  ['What is a mill? Tell me more.', 'What is a mill?'],
  ['  Explain this.  Thanks', 'Explain this'],
  ['# Heading\nbody', 'Heading'],
  ['```ts\nconst x = 1;\n```', 'const x = 1'],
  ['version 3.21 is out', 'version 3.21 is out'],
  ['今天天气怎么样？我想出门。', '今天天气怎么样？'],
  ['- item **bold**', 'item bold'],
  ['word '.repeat(30), `${'word '.repeat(11).trim()}…`],
  ['字'.repeat(80), `${'字'.repeat(59)}…`],
])('%j is called %j', (text, title) => {
  expect(titleFrom(text)).toBe(title);
  expect(Array.from(title).length).toBeLessThanOrEqual(60);
});

test('a message of files only is called after the first', () => {
  expect(titleFrom(' ', ['report.pdf', 'b.txt'])).toBe('report.pdf');
  expect(titleFrom('')).toBe('');
});
