import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium.ts';
import { ensureNetworkTools } from './network-tools.ts';
import { readPlaywrightReport } from './playwright-report.ts';
import { ensureReverseProxies } from './reverse-proxies.ts';
import { runTool } from './run-program.ts';
import { brokenRun, testRun } from './test-outcome.ts';
import type { TestRun } from './test-outcome.ts';
import { vitestReportVariable } from './vitest-reporter.ts';

export interface TestSelection {
  /** Only these files; all when empty. */
  readonly files?: readonly string[];
  /** Only tests whose full name matches this regular expression. */
  readonly namePattern?: string;
  /** Of vitest; the project's own if absent. */
  readonly config?: string;
}

/** Unit and integration tests. */
export async function runVitest(selection: TestSelection = {}): Promise<TestRun> {
  const { files = [], namePattern, config } = selection;
  await ensureReverseProxies();
  return withReport('vitest', async (reportFile) => {
    const args = ['run'];
    if (namePattern !== undefined) args.push('-t', namePattern);
    if (config !== undefined) args.push('--config', config);
    const env = { [vitestReportVariable]: reportFile };
    const { code } = await runTool('vitest', [...args, ...files], { output: 'show', env });
    return { ...testRun.parse(readJson(reportFile)), passed: code === 0 };
  });
}

/** End-to-end tests, in a real browser against the built runtime. */
export async function runPlaywright(
  selection: TestSelection = {},
  furtherArgs: readonly string[] = [],
): Promise<TestRun> {
  const chromium = await findChromium();
  if (chromium === undefined) return brokenRun('there is no browser for the end-to-end tests');
  await ensureNetworkTools();
  await ensureReverseProxies();
  const { files = [], namePattern } = selection;
  return withReport('playwright', async (reportFile) => {
    const args = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'];
    if (namePattern !== undefined) args.push('--grep', namePattern);
    const env = { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile };
    const { code } = await runTool('@playwright/test', [...args, ...furtherArgs, ...files], {
      output: 'show',
      bin: 'playwright',
      env,
    });
    const report = readPlaywrightReport(readJson(reportFile), join('e2e', 'specs'));
    return { ...report, passed: code === 0 };
  });
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** Gives the runner a file for its report; a runner that broke before writing it has failed. */
async function withReport(
  runner: string,
  run: (reportFile: string) => Promise<TestRun>,
): Promise<TestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-report-'));
  try {
    return await run(join(folder, 'report.json'));
  } catch (error) {
    return brokenRun(`${runner} left no report: ${error instanceof Error ? error.message : ''}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
