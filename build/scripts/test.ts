import { build } from './support/build-state.ts';
import { runChecks } from './support/checks.ts';
import { seconds } from './support/run-program.ts';
import { runPlaywright, runVitest, type TestRun } from './support/test-runs.ts';

/** Everything that must hold before a change is shared: checks, unit and integration tests, build, end-to-end tests. */

const startedAt = performance.now();

function heading(title: string): void {
  console.log(`\n── ${title}`);
}

async function buildAndDrive(): Promise<TestRun> {
  const { code } = await build({ output: 'show' });
  if (code !== 0) return { tests: [], passed: false };
  return runPlaywright();
}

heading('Checks');
const checks = await runChecks();
heading('Unit and integration tests');
const unit = await runVitest();
heading('Build and end-to-end tests');
const endToEnd = await buildAndDrive();

const outcomes = [...unit.tests, ...endToEnd.tests].map((test) => test.outcome);
const count = (outcome: string): number => outcomes.filter((other) => other === outcome).length;
const passedChecks = checks.filter((check) => check.passed).length;
// A runner that fails without a failed test (a file that does not load) counts as one failure.
const brokenRuns = [unit, endToEnd].filter(
  (run) => !run.passed && !run.tests.some((test) => test.outcome === 'failed'),
).length;
const passed = passedChecks + count('passed');
const failed = checks.length - passedChecks + count('failed') + brokenRuns;
const skipped = count('skipped');

console.log(
  `\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''} (${seconds(performance.now() - startedAt)})`,
);
process.exitCode = failed === 0 ? 0 : 1;
