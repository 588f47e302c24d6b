import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Download, DownloadEvents, DownloadRequest } from '../../models/download/download.ts';
import {
  DownloadManager,
  type DownloadManagerOptions,
} from '../../models/download/download-manager.ts';
import { standardTuning, type TransferTuning } from '../../models/download/tuning.ts';
import { FileHasher } from '../../models/hashing/file-hasher.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeFile } from './hub-files.ts';
import { startTestHub, type TestHub, type TestHubOptions } from './hub-server.ts';
import { createTestLocator, type TestLocator } from './test-locator.ts';

export const hashWorkerFile = join(import.meta.dirname, '..', '..', 'hash-worker.ts');

const kibibyte = 1024;

/** The program's own tuning, a hundredth in size, with time enough for a busy computer. */
export const smallTuning: TransferTuning = {
  ...standardTuning,
  blockBytes: 64 * kibibyte,
  flushBytes: 16 * kibibyte,
  recordBytes: 32 * kibibyte,
  stallMs: 5_000,
  giveUpMs: 15_000,
  retryMs: { initial: 10, max: 200 },
  tickMs: 100,
  syncMs: 200,
};

/** For hubs that fall silent or die: soon tired of waiting. */
export const hastyTuning: TransferTuning = { ...smallTuning, stallMs: 300, giveUpMs: 1_500 };

export const testRepo = 'pond/tiny-GGUF';
export const testCommit = 'c0ffee0000000000000000000000000000000000';

export interface TestDownloads {
  readonly hub: TestHub;
  readonly locator: TestLocator;
  readonly downloads: DownloadManager;
  readonly hasher: FileHasher;
  /** Where the files end up. */
  readonly folder: string;
  /** Everything that was announced, oldest first. */
  readonly events: { name: keyof DownloadEvents; event: unknown }[];
  /** A request for these files of the hub, with what the hub says about them. */
  readonly request: (
    paths: readonly string[],
    change?: Partial<DownloadRequest>,
  ) => DownloadRequest;
  /** Resolves with the first download that is in this state from now on. */
  readonly reach: (id: string, ...states: string[]) => Promise<Download>;
  /** The same folders in a new manager, as after a restart. */
  reopen(change?: Partial<DownloadManagerOptions>): Promise<TestDownloads>;
}

/** A hub with these files, and downloads from it through the real HTTP client. */
export async function openTestDownloads(
  files: Readonly<Record<string, Uint8Array>>,
  change: Partial<DownloadManagerOptions> & {
    readonly hub?: Omit<TestHubOptions, 'repos'>;
    readonly isGated?: boolean;
    readonly token?: string;
  } = {},
): Promise<TestDownloads> {
  const { hub: hubOptions, isGated = false, token, ...managerChange } = change;
  const content = new Map(Object.entries(files));
  const repos = [{ repo: testRepo, commit: testCommit, isGated, files: content }];
  const hub = await startTestHub({ ...hubOptions, repos });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const locator = createTestLocator(hub.origin, token);
  const root = temporaryFolder();
  return manage({ hub, locator, root, content }, managerChange);
}

interface Surroundings {
  readonly hub: TestHub;
  readonly locator: TestLocator;
  readonly root: string;
  readonly content: ReadonlyMap<string, Uint8Array>;
}

async function manage(
  around: Surroundings,
  change: Partial<DownloadManagerOptions>,
): Promise<TestDownloads> {
  const { content, hub, locator, root } = around;
  const register = createConnectionRegister(systemClock);
  const http = createHttpClient({ register, purpose: 'download' });
  const hasher = new FileHasher({ workerFile: hashWorkerFile, clock: systemClock });
  const downloads = await DownloadManager.open({
    folder: join(root, 'downloads'),
    ...{ http, locator, hasher, clock: systemClock },
    random: Math.random,
    limits: () => ({ bytesPerSecond: 0, hours: { from: 0, to: 0 } }),
    log: { info() {}, warn() {} },
    tuning: smallTuning,
    ...change,
  });
  const close = async (): Promise<void> => {
    await downloads.dispose();
    await hasher.dispose();
    await http.close();
  };
  onTestFinished(close);
  const events: TestDownloads['events'] = [];
  for (const name of ['changed', 'removed', 'finished'] as const) {
    downloads.on(name, (event) => events.push({ name, event }));
  }
  const folder = join(root, 'models', 'pond', 'tiny-GGUF');
  return {
    ...{ hub, locator, downloads, hasher, folder, events },
    request: (paths, other) => ({
      ...{ repo: testRepo, commit: testCommit, variant: 'Q4_K_M', name: 'Tiny Q4_K_M', folder },
      files: paths.map((path) => describe(path, content)),
      ...other,
    }),
    reach: (id, ...states) => reach(downloads, id, states),
    async reopen(other = {}) {
      await close();
      return manage(around, { ...change, ...other });
    },
  };
}

function describe(path: string, content: ReadonlyMap<string, Uint8Array>) {
  const file = describeFile(path, content.get(path) ?? new Uint8Array());
  const { gitSha1, isLfs, sha256, sizeBytes } = file;
  return { path, sizeBytes, ...(isLfs ? { sha256 } : { gitSha1 }) };
}

function reach(
  downloads: DownloadManager,
  id: string,
  states: readonly string[],
): Promise<Download> {
  const now = downloads.list().find((download) => download.id === id);
  if (now !== undefined && states.includes(now.state)) return Promise.resolve(now);
  return new Promise((resolve) => {
    const stop = downloads.on('changed', (download) => {
      if (download.id !== id || !states.includes(download.state)) return;
      stop();
      resolve(download);
    });
  });
}

/** Bytes that compress and repeat nowhere. */
export function randomContent(sizeBytes: number): Uint8Array {
  return randomBytes(sizeBytes);
}
