import { expect, test } from 'vitest';
import { resultLines, scenariosNamedIn } from './scenarios.ts';

test('finds the scenarios that test names begin with, or contain', () => {
  const found = scenariosNamedIn([
    { file: 'a.test.ts', source: `test('E5: streams what it says', …); test("over keys, E14: …")` },
    { file: 'b.test.ts', source: 'test(`E5: on Guide`, …)' },
    { file: 'c.test.ts', source: 'throw new Error("E5 without a colon")' },
  ]);
  expect(found.get('E5')).toEqual(['a.test.ts', 'b.test.ts']);
  expect(found.get('E14')).toEqual(['a.test.ts']);
  expect(found.size).toBe(2);
});

const outcome = (name: string, outcome: 'passed' | 'failed' | 'skipped') => ({
  name,
  file: 'a.test.ts',
  outcome,
});

test('a scenario has passed when its tests ran and none failed', () => {
  const lines = resultLines(
    ['E5'],
    ['E5'],
    [outcome('E5: one', 'passed'), outcome('E50: x', 'failed')],
  );
  expect(lines).toEqual([{ outcome: 'passed', text: 'E5 passed (1 test)' }]);
});

test('a scenario with a failed test has failed, and says which', () => {
  const tests = [outcome('E5: one', 'passed'), outcome('E5: two', 'failed')];
  expect(resultLines(['E5'], ['E5'], tests)).toEqual([
    { outcome: 'failed', text: 'E5 failed: E5: two' },
  ]);
});

test('skipped tests prove nothing', () => {
  const [line] = resultLines(['E5'], ['E5'], [outcome('E5: one', 'skipped')]);
  expect(line).toEqual({ outcome: 'failed', text: 'E5 failed: none of its tests ran' });
});

test('a number that no test names is not built yet', () => {
  expect(resultLines(['E99'], ['E5'], [])).toEqual([
    { outcome: 'missing', text: 'E99 not built yet' },
  ]);
});
