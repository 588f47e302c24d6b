import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { findChromium } from './chromium.ts';
import { ensureNetworkTools } from './network-tools.ts';
import { ensureReverseProxies } from './reverse-proxies.ts';
import { runTool } from './run-program.ts';

/** One finished test, whichever runner ran it. */
export interface TestOutcome {
  /** Titles of the groups around it and its own. */
  readonly name: string;
  readonly file: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
}

export interface TestRun {
  readonly tests: readonly TestOutcome[];
  /** False also when the runner itself failed: a file that does not load, no browser, no report. */
  readonly passed: boolean;
}

export interface TestSelection {
  /** Only these files; all when empty. */
  readonly files?: readonly string[];
  /** Only tests whose full name matches this regular expression. */
  readonly namePattern?: string;
  /** Of vitest; the project's own if absent. */
  readonly config?: string;
}

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** Unit and integration tests. */
export async function runVitest(selection: TestSelection = {}): Promise<TestRun> {
  const { files = [], namePattern, config } = selection;
  await ensureReverseProxies();
  return withReport(async (reportFile) => {
    const args = [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ];
    if (namePattern !== undefined) args.push('-t', namePattern);
    if (config !== undefined) args.push('--config', config);
    const { code } = await runTool('vitest', [...args, ...files], { output: 'show' });
    const { testResults } = vitestReport.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
    const tests = testResults.flatMap((file) =>
      file.assertionResults.map(({ fullName, status }) => ({
        name: fullName,
        file: file.name,
        outcome: outcomeOf(status),
      })),
    );
    return { tests, passed: code === 0 };
  });
}

const outcomeOf = (status: string): TestOutcome['outcome'] =>
  status === 'passed' || status === 'expected' || status === 'flaky'
    ? 'passed'
    : status === 'failed' || status === 'unexpected'
      ? 'failed'
      : 'skipped';

interface Suite {
  readonly title: string;
  readonly file: string;
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly { readonly status: string }[];
  }[];
  readonly suites?: readonly Suite[] | undefined;
}

const suite: z.ZodType<Suite> = z.lazy(() =>
  z.object({
    title: z.string(),
    file: z.string(),
    specs: z.array(
      z.object({ title: z.string(), tests: z.array(z.object({ status: z.string() })) }),
    ),
    suites: z.array(suite).optional(),
  }),
);
const playwrightReport = z.object({ suites: z.array(suite) });

function testsIn(found: Suite, parents: readonly string[]): TestOutcome[] {
  const titles = [...parents, found.title];
  const own = found.specs.flatMap((spec) =>
    spec.tests.map((run) => ({
      name: [...titles, spec.title].join(' '),
      file: found.file,
      outcome: outcomeOf(run.status),
    })),
  );
  return [...own, ...(found.suites ?? []).flatMap((inner) => testsIn(inner, titles))];
}

/** End-to-end tests, in a real browser against the built runtime. */
export async function runPlaywright(
  selection: TestSelection = {},
  furtherArgs: readonly string[] = [],
): Promise<TestRun> {
  const chromium = await findChromium();
  if (chromium === undefined) return { tests: [], passed: false };
  await ensureNetworkTools();
  await ensureReverseProxies();
  const { files = [], namePattern } = selection;
  return withReport(async (reportFile) => {
    const args = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'];
    if (namePattern !== undefined) args.push('--grep', namePattern);
    const env = { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile };
    const { code } = await runTool('@playwright/test', [...args, ...furtherArgs, ...files], {
      output: 'show',
      bin: 'playwright',
      env,
    });
    const { suites } = playwrightReport.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
    return { tests: suites.flatMap((found) => testsIn(found, [])), passed: code === 0 };
  });
}

/** Gives the runner a file for its report; a runner that broke before writing it has failed. */
async function withReport(run: (reportFile: string) => Promise<TestRun>): Promise<TestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-report-'));
  try {
    return await run(join(folder, 'report.json'));
  } catch (error) {
    console.error(`The test run left no report: ${error instanceof Error ? error.message : ''}`);
    return { tests: [], passed: false };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
