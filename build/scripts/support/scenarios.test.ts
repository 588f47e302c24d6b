import { expect, test } from 'vitest';
import { inOrder, isScenarioMark, resultLines, scenariosNamedIn } from './scenarios.ts';
import type { TestOutcome } from './test-outcome.ts';

const source = (name: string): string => `test(${['', name, ''].join("'")}, …)`;

test('finds the scenarios that test names begin with, or contain', () => {
  const found = scenariosNamedIn([
    { file: 'a.test.ts', source: source('E5: streams') + source('over keys, E14: counts') },
    { file: 'b.test.ts', source: source('E5: on Guide') },
    { file: 'c.test.ts', source: 'throw new Error("E5 without a colon")' },
  ]);
  expect(found.get('E5')).toEqual(['a.test.ts', 'b.test.ts']);
  expect(found.get('E14')).toEqual(['a.test.ts']);
  expect(found.size).toBe(2);
});

test('finds the parts of the product that test names begin with, on their own line too', () => {
  const found = scenariosNamedIn([
    { file: 'a.test.ts', source: source('PACK: starts') + source('what GGUF: is') },
    { file: 'b.test.ts', source: "test.skipIf(!isLinux)(\n  'PACK: runs from a link'" },
    { file: 'c.test.ts', source: "{ error: 'HTTP: 404' }" },
  ]);
  expect([...found]).toEqual([['PACK', ['a.test.ts', 'b.test.ts']]]);
});

test('a mark is a number with E in front or a word, and nothing of a pattern', () => {
  expect(['E5', 'PACK', 'E', 'E5.*', '5', 'PACK-2', ''].map(isScenarioMark)).toEqual([
    ...[true, true, false, false, false, false, false],
  ]);
});

test('lists numbers by size and words behind them', () => {
  expect(inOrder(['UPDATE', 'E14', 'PACK', 'E5', 'E14'])).toEqual(['E5', 'E14', 'PACK', 'UPDATE']);
});

const outcome = (name: string, outcome: TestOutcome['outcome']): TestOutcome => ({
  ...{ name, file: 'a.test.ts', outcome, isFlaky: false },
  ...(outcome === 'failed' && { error: 'expected 1 to be 2' }),
});

test('a scenario has passed when its tests ran and none failed', () => {
  const lines = resultLines(
    ['E5'],
    ['E5'],
    [outcome('E5: one', 'passed'), outcome('E50: x', 'failed')],
  );
  expect(lines).toEqual([{ outcome: 'passed', text: 'E5 passed (1 test)' }]);
});

test('a scenario with a failed test has failed, and says which and why', () => {
  const tests = [outcome('PACK: one', 'passed'), outcome('PACK: two', 'failed')];
  expect(resultLines(['PACK'], ['PACK'], tests)).toEqual([
    {
      outcome: 'failed',
      text: 'PACK failed:\n  a.test.ts: PACK: two\n      expected 1 to be 2',
    },
  ]);
});

test('a scenario that needed a second try says so', () => {
  const flaky = { ...outcome('E5: one', 'passed'), isFlaky: true };
  const [line] = resultLines(['E5'], ['E5'], [flaky, outcome('E5: two', 'skipped')]);
  expect(line?.text).toBe('E5 passed (1 test, 1 at the second try, 1 skipped)');
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
