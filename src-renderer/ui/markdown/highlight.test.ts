import { expect, test } from 'vitest';
import { highlightCode } from './highlight.ts';

test('no character is lost or moved by colouring', () => {
  const code =
    'def blocked(flow: float) -> bool:\n    # dry\n    return flow < 0.5 and "pump" != \'\'\n';
  const runs = highlightCode(code, 'python') ?? [];
  expect(runs.map((run) => run.text).join('')).toBe(code);
  expect(runs).toContainEqual({ text: '# dry', kind: 'comment' });
  expect(runs).toContainEqual({ text: '0.5', kind: 'literal' });
  expect(runs).toContainEqual({ text: 'return', kind: 'keyword' });
});

test('aliases of a language are known', () => {
  expect(highlightCode('const a = 1;', 'ts')).toBeDefined();
  expect(highlightCode('echo', 'sh')).toBeDefined();
});

test('an unknown language and a huge text stay plain', () => {
  expect(highlightCode('x', 'klingon')).toBeUndefined();
  expect(highlightCode('x'.repeat(100_000), 'python')).toBeUndefined();
});
