import { execFile } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KilledDownload } from '../../src-main/models/download/download-kill.fixture.ts';
import { progress } from '../support/progress.ts';
import type { Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import type { Subject } from './download-benchmark.ts';
import type { DownloadCost } from './download-process.ts';

const run = promisify(execFile);
const processFile = join(import.meta.dirname, 'download-process.ts');

/**
 * The same file by our downloader and by curl, in turns. Ours is over when the file is proved, on the
 * disk and in its place; curl's when curl ends, which waits for no disk and proves nothing.
 */
export async function measureRate(
  subject: Subject,
  { runs, signal }: { readonly runs: number; readonly signal: AbortSignal },
): Promise<Section> {
  const gigabytes = statSync(subject.original).size / 1e9;
  const ours: DownloadCost[] = [];
  const curl: number[] = [];
  for (let turn = 0; turn <= runs; turn += 1) {
    progress(`download ${turn} of ${runs}`);
    const seconds = await downloadWithCurl(subject, signal);
    const cost = await downloadWithOurs(subject, signal);
    if (turn === 0) continue; // the first of each warms the caches
    curl.push(seconds);
    ours.push(cost);
  }
  const rateOf = (seconds: number): number => (gigabytes * 1000) / seconds;
  return {
    title: `Download of ${gigabytes.toFixed(2)} GB from the local hub, with SHA-256`,
    comparison: { reference: 'curl, one stream', by: 'ratio' },
    figures: [
      {
        ...{ what: 'rate', unit: 'MB/s', budget: '≥ 0.90 × curl' },
        measured: summarize(ours.map(({ wallMs }) => rateOf(wallMs / 1000))),
        reference: summarize(curl.map(rateOf)),
      },
      {
        ...{ what: 'CPU of the whole process', unit: 's/GB' },
        measured: summarize(ours.map(({ cpuMs }) => cpuMs / 1000 / gigabytes)),
      },
      {
        ...{ what: 'event-loop delay, p99', unit: 'ms', budget: '≤ 10 ms' },
        measured: summarize(ours.map(({ loopDelayP99Ms }) => loopDelayP99Ms)),
      },
    ],
  };
}

async function downloadWithCurl({ folder, url }: Subject, signal: AbortSignal): Promise<number> {
  const target = join(folder, 'by-curl');
  const startedAt = performance.now();
  await run('curl', ['-s', '-S', '-f', '-L', '-o', target, url], { signal });
  const seconds = (performance.now() - startedAt) / 1000;
  rmSync(target);
  return seconds;
}

async function downloadWithOurs(subject: Subject, signal: AbortSignal): Promise<DownloadCost> {
  const root = join(subject.folder, 'by-millpond');
  const request = subject.request(join(root, 'models'));
  const job: KilledDownload = { origin: subject.origin, root, request };
  const { stdout } = await run(process.execPath, [processFile, JSON.stringify(job)], { signal });
  rmSync(root, { recursive: true });
  return JSON.parse(stdout) as DownloadCost;
}
