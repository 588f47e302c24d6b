import { expect, test } from 'vitest';
import { summarise } from './summary.ts';
import { brokenRun, firstLine } from './test-outcome.ts';
import type { TestOutcome, TestRun } from './test-outcome.ts';

const passing: TestOutcome = { name: 'E5: streams', file: 'a', outcome: 'passed', isFlaky: false };
const runOf = (...tests: readonly TestOutcome[]): TestRun => ({
  ...{ tests, problems: [] },
  passed: tests.every(({ outcome }) => outcome !== 'failed'),
});

test('one line is enough when all is well', () => {
  const skipped: TestOutcome = { ...passing, outcome: 'skipped' };
  const checks = [{ name: 'lint', passed: true }];
  expect(summarise(checks, [runOf(passing, skipped)], 61_000)).toEqual({
    passed: true,
    lines: ['2 passed, 0 failed, 1 skipped (61.0 s)'],
  });
});

test('names each failed check, test and file below the sum, and why', () => {
  const failed: TestOutcome = { ...passing, outcome: 'failed', error: 'expected 1 to be 2' };
  const unit = { ...runOf(failed), problems: ['b.test.ts: does not load'] };
  const { passed, lines } = summarise([{ name: 'lint', passed: false }], [unit], 1000);
  expect(passed).toBe(false);
  expect(lines).toEqual([
    '0 passed, 3 failed (1.0 s)',
    '',
    'Failed:',
    '  check "lint": npm run check -- lint',
    '  a: E5: streams',
    '      expected 1 to be 2',
    '  b.test.ts: does not load',
  ]);
});

test('names what passed at the second try without failing the run', () => {
  const flaky: TestOutcome = { ...passing, isFlaky: true, error: 'timed out' };
  const { passed, lines } = summarise([], [runOf(flaky, passing)], 1000);
  expect(passed).toBe(true);
  expect(lines.slice(1)).toEqual([
    ...['', 'Flaky: passed at the second try:', '  a: E5: streams', '      timed out'],
  ]);
});

test('a runner that breaks is a failure, also when it names nothing', () => {
  expect(summarise([], [brokenRun('no browser')], 0).lines).toContain('  no browser');
  const { passed, lines } = summarise([], [{ ...runOf(passing), passed: false }], 0);
  expect(passed).toBe(false);
  expect(lines[0]).toBe('1 passed, 1 failed (0.0 s)');
  expect(lines.at(-1)).toBe('  a runner failed and did not say why');
});

test('an error is told by its first line that says something, without colours', () => {
  expect(firstLine('\n \u001B[31mTimed out\u001B[39m\n    at a.ts:1')).toBe('Timed out');
  expect(firstLine('')).toBe('no message');
  expect(firstLine('x'.repeat(400))).toHaveLength(302);
});
