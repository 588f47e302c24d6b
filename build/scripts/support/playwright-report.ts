import { join } from 'node:path';
import { z } from 'zod';
import { firstLine } from './test-outcome.ts';
import type { TestOutcome, TestRun } from './test-outcome.ts';

const errors = z.array(z.object({ message: z.string().optional() }));
const spec = z.object({
  title: z.string(),
  tests: z.array(
    z.object({
      status: z.enum(['skipped', 'expected', 'unexpected', 'flaky']),
      results: z.array(z.object({ errors })),
    }),
  ),
});

interface Suite {
  readonly title: string;
  readonly file: string;
  readonly specs: readonly z.infer<typeof spec>[];
  readonly suites?: readonly Suite[] | undefined;
}

const suite: z.ZodType<Suite> = z.lazy(() =>
  z.object({
    title: z.string(),
    file: z.string(),
    specs: z.array(spec),
    suites: z.array(suite).optional(),
  }),
);
const playwrightReport = z.object({ suites: z.array(suite), errors });

const words = {
  skipped: 'skipped',
  expected: 'passed',
  unexpected: 'failed',
  flaky: 'passed',
} as const;

function testsIn(found: Suite, parents: readonly string[], folder: string): TestOutcome[] {
  const titles = [...parents, found.title];
  const own = found.specs.flatMap(({ title, tests }) =>
    tests.map(({ status, results }): TestOutcome => {
      const error = results.flatMap((result) => result.errors)[0]?.message;
      return {
        name: [...titles, title].join(' '),
        file: join(folder, found.file),
        outcome: words[status],
        isFlaky: status === 'flaky',
        ...(error !== undefined && { error: firstLine(error) }),
      };
    }),
  );
  return [...own, ...(found.suites ?? []).flatMap((inner) => testsIn(inner, titles, folder))];
}

/** Reads what Playwright's JSON reporter wrote. `folder` holds the specs, relative to the project. */
export function readPlaywrightReport(json: unknown, folder: string): Omit<TestRun, 'passed'> {
  const report = playwrightReport.parse(json);
  return {
    tests: report.suites.flatMap((found) => testsIn(found, [], folder)),
    problems: report.errors.map(({ message }) => firstLine(message ?? '')),
  };
}
