import { setTimeout as sleep } from 'node:timers/promises';
import { progress } from '../support/progress.ts';
import type { Figure, Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { childProcessCount, sampleProcess } from './process-usage.ts';
import { serveRuntime } from './served-runtime.ts';

const settleMs = 30_000;
const windowMs = 6000;
const lookMs = 50;

/** What a runtime without engines takes while nobody asks anything. Each run is a window of 6 s. */
export async function measureIdle({
  runs,
  signal,
}: {
  readonly runs: number;
  readonly signal: AbortSignal;
}): Promise<Section> {
  progress('idle runtime');
  await using runtime = await serveRuntime({ loadAtStart: false });
  await sleep(settleMs, undefined, { signal });
  const cpuShares: number[] = [];
  const residents: number[] = [];
  const children: number[] = [];
  let before = sampleProcess(runtime.pid);
  let at = performance.now();
  for (let run = 0; run < runs && before !== undefined; run += 1) {
    children.push(await mostChildren(runtime.pid, signal));
    const sample = sampleProcess(runtime.pid);
    const now = performance.now();
    if (sample === undefined) break;
    cpuShares.push(((sample.cpuSeconds - before.cpuSeconds) / ((now - at) / 1000)) * 100);
    residents.push(sample.residentMiB);
    before = sample;
    at = now;
  }
  const figures: Figure[] =
    residents.length === 0
      ? []
      : [
          {
            what: 'CPU, 30 s after the start',
            unit: '% of a core',
            measured: summarize(cpuShares),
            budget: '≤ 0.5 %',
          },
          {
            what: 'resident memory',
            unit: 'MiB',
            measured: summarize(residents),
            budget: '≤ 120 MiB',
          },
          {
            what: 'child processes, most at once',
            unit: '',
            measured: summarize(children),
            budget: '0',
          },
        ];
  const note = figures.length === 0 ? ' (measured on Linux only)' : '';
  return { title: `Idle runtime without engines${note}`, figures };
}

/** Looks often enough that a short-lived helper is seen. Takes one window. */
async function mostChildren(pid: number, signal: AbortSignal): Promise<number> {
  let most = 0;
  for (let passedMs = 0; passedMs < windowMs; passedMs += lookMs) {
    await sleep(lookMs, undefined, { signal });
    most = Math.max(most, childProcessCount(pid));
  }
  return most;
}
