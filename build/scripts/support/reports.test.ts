import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPlaywrightReport } from './playwright-report.ts';
import { projectFolder, runTool } from './run-program.ts';
import { testRun } from './test-outcome.ts';
import type { TestOutcome } from './test-outcome.ts';
import { vitestReportVariable } from './vitest-reporter.ts';

/** A small project of its own, with these files and our packages. */
function projectWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-reports-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'), 'junction');
  for (const [file, source] of Object.entries(files)) writeFileSync(join(folder, file), source);
  return folder;
}

const byName = (found: readonly TestOutcome[]) =>
  found
    .map(({ name, outcome, isFlaky, error }) => ({ name, outcome, isFlaky, error }))
    .toSorted((a, b) => a.name.localeCompare(b.name));

test('vitest: tells what failed and why, what was flaky, and what belongs to no test', async () => {
  const reporter = JSON.stringify(join(import.meta.dirname, 'vitest-reporter.ts'));
  const folder = projectWith({
    'vitest.config.ts': `
      import { OutcomeReporter } from ${reporter};
      export default { test: { retry: 1, reporters: [new OutcomeReporter()] } };
    `,
    'a.test.ts': `import { describe, expect, test } from 'vitest';
      const first = new Set();
      const fresh = () => { if (!first.has('x')) { first.add('x'); throw new Error('still asleep'); } };
      test('holds', () => {});
      test('wakes up late', fresh);
      describe('a group', () => { test('is wrong', () => expect(1).toBe(2)); });
      test.skip('waits', () => {});`,
    'b.test.ts': `import './not-there.ts';`,
    'c.test.ts': `import { test } from 'vitest';
      test('leaves something behind', () => { void Promise.reject(new Error('left alone')); });`,
  });
  const reportFile = join(folder, 'report.json');
  const { code } = await runTool('vitest', ['run', '--root', folder], {
    output: 'collect',
    env: { [vitestReportVariable]: reportFile },
  });
  expect(code).toBe(1);
  const { tests, problems } = testRun.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
  expect(byName(tests)).toEqual([
    {
      ...{ name: 'a group is wrong', outcome: 'failed', isFlaky: false },
      error: 'AssertionError: expected 1 to be 2 // Object.is equality',
    },
    { name: 'holds', outcome: 'passed', isFlaky: false, error: undefined },
    { name: 'leaves something behind', outcome: 'passed', isFlaky: false, error: undefined },
    { name: 'waits', outcome: 'skipped', isFlaky: false, error: undefined },
    { name: 'wakes up late', outcome: 'passed', isFlaky: true, error: 'Error: still asleep' },
  ]);
  expect(tests.every(({ file }) => file.endsWith('.test.ts'))).toBe(true);
  expect(problems).toHaveLength(2);
  expect(problems[0]).toMatch(/b\.test\.ts: .*not-there\.ts/);
  expect(problems[1]).toBe('an error that nobody caught: Error: left alone');
});

test('Playwright: tells what failed and why, what was flaky, and what belongs to no test', async () => {
  const folder = projectWith({
    'playwright.config.ts': `export default { retries: 1, reporter: 'json' };`,
    'a.spec.ts': `import { expect, test } from '@playwright/test';
      test('holds', () => {});
      test('wakes up late', ({}, info) => { if (info.retry === 0) throw new Error('still asleep'); });
      test.describe('a group', () => { test('is wrong', () => expect(1).toBe(2)); });
      test.skip('waits', () => {});`,
    'b.spec.ts': `import './not-there.ts';`,
  });
  const reportFile = join(folder, 'report.json');
  const run = (file: string) =>
    runTool('@playwright/test', ['test', '--config', join(folder, 'playwright.config.ts'), file], {
      ...{ output: 'collect', bin: 'playwright' },
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile },
    });
  const report = () => readPlaywrightReport(JSON.parse(readFileSync(reportFile, 'utf8')), 'specs');

  expect((await run('a.spec.ts')).code).toBe(1);
  const { tests, problems } = report();
  expect(problems).toEqual([]);
  expect(byName(tests)).toMatchObject([
    { name: 'a.spec.ts a group is wrong', outcome: 'failed', isFlaky: false },
    { name: 'a.spec.ts holds', outcome: 'passed', isFlaky: false },
    { name: 'a.spec.ts waits', outcome: 'skipped', isFlaky: false },
    { name: 'a.spec.ts wakes up late', outcome: 'passed', isFlaky: true },
  ]);
  expect(tests.map(({ file }) => file)).toContain(join('specs', 'a.spec.ts'));
  const errors = tests.map(({ error }) => error);
  expect(errors).toContain('Error: still asleep');
  expect(errors).toContain('Error: expect(received).toBe(expected) // Object.is equality');

  expect((await run('b.spec.ts')).code).toBe(1);
  expect(report().tests).toEqual([]);
  expect(report().problems[0]).toMatch(/not-there\.ts/);
});
