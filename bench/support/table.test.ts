import { expect, test } from 'vitest';
import { renderTable } from './table.ts';

test('columns are as wide as their longest cell', () => {
  const table = renderTable([
    ['what', 'n'],
    ['decode, 8 streams', '12345'],
  ]);
  expect(table.split('\n')).toEqual([
    '| what              | n     |',
    '| ----------------- | ----- |',
    '| decode, 8 streams | 12345 |',
  ]);
});

test('a row that is too short is filled up', () => {
  expect(renderTable([['a', 'b'], ['x']])).toBe('| a   | b   |\n| --- | --- |\n| x   |     |');
});
