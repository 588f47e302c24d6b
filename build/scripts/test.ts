import { build } from './support/build-state.ts';
import { runChecks } from './support/checks.ts';
import { summarise } from './support/summary.ts';
import { brokenRun, type TestRun } from './support/test-outcome.ts';
import { runPlaywright, runVitest } from './support/test-runs.ts';

/** Everything that must hold before a change is shared: checks, unit and integration tests, build, end-to-end tests. */

const startedAt = performance.now();

function heading(title: string): void {
  console.log(`\n── ${title}`);
}

async function buildAndDrive(): Promise<TestRun> {
  const { code } = await build({ output: 'show' });
  if (code !== 0) return brokenRun('the build failed: npm run build');
  return runPlaywright();
}

heading('Checks');
const checks = await runChecks();
heading('Unit and integration tests');
const unit = await runVitest();
heading('Build and end-to-end tests');
const endToEnd = await buildAndDrive();

const { passed, lines } = summarise(checks, [unit, endToEnd], performance.now() - startedAt);
console.log(`\n${lines.join('\n')}`);
process.exitCode = passed ? 0 : 1;
