import type { CheckResult } from './checks.ts';
import { seconds } from './run-program.ts';
import type { TestOutcome, TestRun } from './test-outcome.ts';

export interface Summary {
  readonly passed: boolean;
  /** The sum, and below it everything that failed or passed at the second try, by name. */
  readonly lines: readonly string[];
}

/** A runner that fails without naming a test or a file still counts as a failure. */
function problemsOf({ tests, problems, passed }: TestRun): readonly string[] {
  const isExplained = problems.length > 0 || tests.some(({ outcome }) => outcome === 'failed');
  return passed || isExplained ? problems : ['a runner failed and did not say why'];
}

function describe({ file, name, error }: TestOutcome): string[] {
  return [`  ${file}: ${name}`, ...(error === undefined ? [] : [`      ${error}`])];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** The end of `npm test`: of a run of half an hour, the end is what people and CI pages show. */
export function summarise(
  checks: readonly CheckResult[],
  runs: readonly TestRun[],
  tookMs: number,
): Summary {
  const tests = runs.flatMap((run) => run.tests);
  const problems = runs.flatMap(problemsOf);
  const failedChecks = checks.filter((check) => !check.passed);
  const failedTests = tests.filter(({ outcome }) => outcome === 'failed');
  const flaky = tests.filter(({ isFlaky }) => isFlaky);
  const count = (outcome: TestOutcome['outcome']): number =>
    tests.filter((test) => test.outcome === outcome).length;

  const passed = checks.length - failedChecks.length + count('passed');
  const failed = failedChecks.length + failedTests.length + problems.length;
  const skipped = count('skipped') > 0 ? `, ${count('skipped')} skipped` : '';
  const lines = [
    `${passed} passed, ${failed} failed${skipped} (${seconds(tookMs)})`,
    ...section('Failed:', [
      ...failedChecks.map(({ name }) => `  check "${name}": npm run check -- ${name}`),
      ...failedTests.flatMap(describe),
      ...problems.map((problem) => `  ${problem}`),
    ]),
    ...section('Flaky: passed at the second try:', flaky.flatMap(describe)),
  ];
  return { passed: failed === 0, lines };
}
