import { expect, test } from 'vitest';
import { licenceName } from './licence-name.ts';

test('a licence is written as its makers write it', () => {
  expect(['apache-2.0', 'MIT', 'llama3.2'].map(licenceName)).toEqual([
    'Apache 2.0',
    'MIT',
    'Llama 3.2',
  ]);
});

test('a licence that nobody knows keeps its id', () => {
  expect(licenceName('pond-community-1')).toBe('pond-community-1');
});
