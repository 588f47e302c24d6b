// One download in a process of its own, from the request to the proved file in its place.
// Argument: a JSON object, see `KilledDownload`. Says what it took on stdout.
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DownloadManager } from '../../src-main/models/download/download-manager.ts';
import type { KilledDownload } from '../../src-main/models/download/download-kill.fixture.ts';
import { FileHasher } from '../../src-main/models/hashing/file-hasher.ts';
import { createConnectionRegister } from '../../src-main/platform/http/connection-register.ts';
import { createHttpClient } from '../../src-main/platform/http/http-client.ts';
import { systemClock as clock } from '../../src-main/platform/system-clock.ts';
import { createTestLocator } from '../../src-main/testing/hub/test-locator.ts';
import { projectFolder } from '../support/project.ts';

/** What one download took. CPU is that of the whole process, its threads included. */
export interface DownloadCost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly loopDelayP99Ms: number;
}

const { origin, request, root } = JSON.parse(process.argv[2] ?? '') as KilledDownload;
const http = createHttpClient({ register: createConnectionRegister(clock), purpose: 'download' });
const workerFile = join(projectFolder, 'src-main', 'hash-worker.ts');
const hasher = new FileHasher({ workerFile, clock });
const downloads = await DownloadManager.open({
  folder: join(root, 'downloads'),
  locator: createTestLocator(origin),
  ...{ http, hasher, clock },
  random: Math.random,
  limits: () => ({ bytesPerSecond: 0, hours: { from: 0, to: 0 } }),
  log: { info() {}, warn() {} },
});
/** The histogram holds the time between two ticks: this much of it is the clock's own interval. */
const loopTickMs = 1;
const loopDelay = monitorEventLoopDelay({ resolution: loopTickMs });
loopDelay.enable();
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
await new Promise<void>((resolve, reject) => {
  downloads.on('finished', () => {
    resolve();
  });
  downloads.on('changed', ({ error }) => {
    if (error !== undefined) reject(new Error(error.message));
  });
  downloads.start(request).catch(reject);
});
const { system, user } = process.cpuUsage(cpuBefore);
const cost: DownloadCost = {
  wallMs: performance.now() - startedAt,
  cpuMs: (system + user) / 1000,
  loopDelayP99Ms: Math.max(0, loopDelay.percentile(99) / 1e6 - loopTickMs),
};
process.stdout.write(JSON.stringify(cost));
await downloads.dispose();
await hasher.dispose();
await http.close();
