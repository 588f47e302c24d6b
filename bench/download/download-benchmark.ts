import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DownloadRequest } from '../../src-main/models/download/download.ts';
import { describeMachine } from '../support/machine.ts';
import { progress } from '../support/progress.ts';
import type { Report } from '../support/report.ts';
import { measureRate } from './download-rate.ts';
import { startHub } from './hub-under-test.ts';
import { measureKills } from './killed-downloads.ts';

export interface DownloadBenchmarkOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Of the file; 1,024 unless given. */
  readonly sizeMiB?: number;
  /** 50 unless given. */
  readonly kills?: number;
}

/** A file at the local hub, and where it is to go. */
export interface Subject {
  readonly origin: string;
  /** The hub's own copy. */
  readonly original: string;
  /** An empty folder for whatever a run needs. */
  readonly folder: string;
  readonly url: string;
  request(folder: string): DownloadRequest;
}

const repo = 'pond/benchmark-GGUF';
const commit = 'c0ffee0000000000000000000000000000000000';
const name = 'model.gguf';
const mebibyte = 1024 * 1024;

/** Our downloader against curl from the same local hub, and what kills cost it. */
export async function benchmarkDownload(options: DownloadBenchmarkOptions): Promise<Report> {
  const { kills = 50, runs, signal, sizeMiB = 1024 } = options;
  const machine = describeMachine();
  const folder = mkdtempSync(join(tmpdir(), 'millpond-bench-download-'));
  try {
    progress(`writing a file of ${sizeMiB} MiB`);
    const original = join(folder, name);
    const sha256 = await writeRandomFile(original, sizeMiB, signal);
    await using hub = await startHub({ ...{ repo, commit, name }, path: original });
    const subject: Subject = {
      ...{ folder, original, origin: hub.origin },
      url: `${hub.origin}/${repo}/resolve/${commit}/${name}`,
      request: (target) => ({
        ...{ repo, commit, variant: 'main', name: 'Benchmark', folder: target },
        files: [{ path: name, sizeBytes: sizeMiB * mebibyte, sha256 }],
      }),
    };
    const sections = [
      await measureRate(subject, { runs, signal }),
      await measureKills(subject, hub, { kills, signal }),
    ];
    return { benchmark: 'download', machine, sections };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeRandomFile(path: string, sizeMiB: number, signal: AbortSignal) {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    for (let written = 0; written < sizeMiB; written += 1) {
      signal.throwIfAborted();
      const piece = randomBytes(mebibyte);
      hash.update(piece);
      await file.write(piece);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
