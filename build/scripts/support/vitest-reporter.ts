import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import { projectFolder } from './run-program.ts';
import { firstLine } from './test-outcome.ts';
import type { TestOutcome } from './test-outcome.ts';

/** The variable that names the file for the report. */
export const vitestReportVariable = 'MILLPOND_VITEST_REPORT';

const words = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  pending: 'failed',
} as const;

function outcomeOf(test: TestCase): TestOutcome {
  const { state, errors } = test.result();
  const titles: string[] = [test.name];
  for (let group = test.parent; group.type === 'suite'; group = group.parent) {
    titles.unshift(group.name);
  }
  const [error] = errors ?? [];
  return {
    name: titles.join(' '),
    file: fileOf(test.module),
    outcome: words[state],
    isFlaky: test.diagnostic()?.flaky ?? false,
    // A test that was running when its process died has no error of its own.
    ...(state === 'pending' && { error: 'it never ended' }),
    ...(error !== undefined && { error: sayError(error) }),
  };
}

const fileOf = (module: TestModule): string => relative(projectFolder, module.moduleId);

function sayError({ name, message }: Pick<SerializedError, 'name' | 'message'>): string {
  const line = firstLine(message);
  return name === undefined || name === '' ? line : `${name}: ${line}`;
}

function problemsOf(module: TestModule): string[] {
  const file = fileOf(module);
  const own = module.errors().map((error) => `${file}: ${sayError(error)}`);
  const groups = [...module.children.allSuites()].flatMap((group) =>
    group.errors().map((error) => `${file}: ${group.fullName}: ${sayError(error)}`),
  );
  const state = module.state();
  const isUnfinished = state === 'pending' || state === 'queued';
  return [...own, ...groups, ...(isUnfinished ? [`${file}: its process ended early`] : [])];
}

/**
 * Writes what `testRun` describes, when the variable says where. Vitest's own JSON knows neither which tests passed at the second
 * try nor the errors that belong to no test.
 */
export class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const reportFile = process.env[vitestReportVariable];
    if (reportFile === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()].map(outcomeOf));
    const problems = [
      ...modules.flatMap(problemsOf),
      ...unhandled.map((error) => `an error that nobody caught: ${sayError(error)}`),
    ];
    writeFileSync(reportFile, JSON.stringify({ tests, problems }));
  }
}
