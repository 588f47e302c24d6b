import { expect, test } from 'vitest';
import type { HubModelSummary } from '../../../api.ts';
import { isFiltered, openQuestion, searchInput, withPage } from './hub-question.ts';

function modelOf(repo: string): HubModelSummary {
  return {
    repo,
    author: 'org',
    name: repo,
    format: 'gguf',
    downloads: 1,
    isGated: false,
    isInstalled: false,
  };
}

test('asks only for what was chosen', () => {
  expect(searchInput(openQuestion)).toEqual({ query: '', format: 'gguf', sort: 'downloads' });
  expect(
    searchInput(
      { ...openQuestion, query: ' qwen ', size: 'to20', author: ' Qwen', format: undefined },
      'next',
    ),
  ).toEqual({
    query: 'qwen',
    sort: 'downloads',
    author: 'Qwen',
    minParameters: 9,
    maxParameters: 20,
    cursor: 'next',
  });
});

test('a pasted essay is cut to what the runtime takes', () => {
  expect(searchInput({ ...openQuestion, query: 'x'.repeat(5000) }).query).toHaveLength(200);
});

test('words alone are no filter that could be cleared', () => {
  expect(isFiltered({ ...openQuestion, query: 'qwen', sort: 'updated' })).toBe(false);
  expect(isFiltered({ ...openQuestion, format: 'mlx' })).toBe(true);
  expect(isFiltered({ ...openQuestion, author: ' ' })).toBe(false);
});

test('a further page comes behind and repeats nothing', () => {
  const first = [modelOf('org/a'), modelOf('org/b')];
  expect(withPage(first, [modelOf('org/b'), modelOf('org/c')]).map(({ repo }) => repo)).toEqual([
    'org/a',
    'org/b',
    'org/c',
  ]);
});
