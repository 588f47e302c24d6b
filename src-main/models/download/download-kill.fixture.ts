// Downloads one file until it is done. Run by `download-kill.test.ts` and the benchmark, which kill it.
// Arguments: a JSON object, see `KilledDownload`. Says `done` on stdout at the end.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createTestLocator } from '../../testing/hub/test-locator.ts';
import { FileHasher } from '../hashing/file-hasher.ts';
import type { DownloadRequest } from './download.ts';
import { DownloadManager } from './download-manager.ts';
import type { TransferTuning } from './tuning.ts';

export interface KilledDownload {
  readonly origin: string;
  readonly root: string;
  readonly request: DownloadRequest;
  /** The program's own unless given. */
  readonly tuning?: TransferTuning;
}

const job = JSON.parse(process.argv[2] ?? '') as KilledDownload;
const clock = systemClock;
const http = createHttpClient({ register: createConnectionRegister(clock), purpose: 'download' });
const workerFile = join(import.meta.dirname, '..', '..', 'hash-worker.ts');
const hasher = new FileHasher({ workerFile, clock });
const downloads = await DownloadManager.open({
  folder: join(job.root, 'downloads'),
  locator: createTestLocator(job.origin),
  ...{ http, hasher, clock },
  random: Math.random,
  limits: () => ({ bytesPerSecond: 0, hours: { from: 0, to: 0 } }),
  log: {
    info() {},
    warn: (data, sentence) => writeSync(2, `${sentence} ${inspect(data)}\n`),
  },
  ...(job.tuning && { tuning: job.tuning }),
});
downloads.on('changed', ({ state, error }) => {
  if (error !== undefined) end(1, `${error.message}\n`);
  if (state === 'done') end(0, `done ${JSON.stringify(process.cpuUsage())}\n`);
});
if (downloads.list().length === 0) await downloads.start(job.request);

function end(code: number, text: string): void {
  writeSync(1, text);
  process.exit(code);
}
