import { chromium } from '@playwright/test';
import type { Page } from '@playwright/test';
import { findChromium } from '../../build/scripts/support/chromium.ts';
import { serveRuntime } from '../runtime/served-runtime.ts';
import { describeMachine } from '../support/machine.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Report } from '../support/report.ts';
import { median, percentile, summarize } from '../support/stats.ts';
import { listWatch, listWatchName } from './painted-list.ts';
import { modelsPerSearch, startSearchedHub } from './searched-hub.ts';

interface DiscoverBenchmarkOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
}

const searchesPerRun = 20;

/** How soon the answer to a search stands on the screen: a real browser, the built program, a local hub. */
export async function benchmarkDiscover(options: DiscoverBenchmarkOptions): Promise<Report> {
  const machine = describeMachine();
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('There is no browser to measure');
  const { hub, words } = await startSearchedHub(searchesPerRun);
  await using _hub = hub;
  await using runtime = await serveRuntime({
    loadAtStart: false,
    env: { HF_ENDPOINT: hub.origin },
  });
  // Chromium refuses its sandbox to root, which is what containers are.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  await using browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  await page.addInitScript(listWatch);
  const { code } = await runtime.control.session.createCode({});
  await page.goto(`${runtime.origin}/#code=${code}`);
  await page.getByRole('link', { name: 'Discover' }).click();
  const figures = await measureSearches(page, words, options);
  return { benchmark: 'discover', machine, sections: [{ title, figures }] };
}

const title = `From the runtime’s answer to a painted list of ${String(modelsPerSearch)} models`;

/** Each run searches for every word once, after a search that is not counted. */
async function measureSearches(
  page: Page,
  words: readonly string[],
  { runs, signal }: DiscoverBenchmarkOptions,
): Promise<readonly Figure[]> {
  const medians: number[] = [];
  const slow: number[] = [];
  await searchFor(page, words.at(-1) ?? '');
  for (let run = 0; run < runs; run += 1) {
    progress(`searches, run ${String(run + 1)}`);
    const times: number[] = [];
    for (const word of words) {
      signal.throwIfAborted();
      times.push(await searchFor(page, word));
    }
    medians.push(median(times));
    slow.push(percentile(times, 0.9));
  }
  const of = `of ${String(searchesPerRun)} searches`;
  return [
    { what: `median ${of}`, unit: 'ms', measured: summarize(medians), budget: '≤ 150 ms' },
    { what: `p90 ${of}`, unit: 'ms', measured: summarize(slow), budget: '≤ 150 ms' },
  ];
}

/** Milliseconds. */
async function searchFor(page: Page, word: string): Promise<number> {
  const painted = page.evaluate<number>(
    `${listWatchName}(${JSON.stringify(word)}, ${String(modelsPerSearch)})`,
  );
  const [time] = await Promise.all([painted, page.getByRole('searchbox').fill(word)]);
  return time;
}
