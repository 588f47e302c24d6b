import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../../core/http.ts';
import { newId } from '../../core/identity.ts';
import type { FileHasher } from '../hashing/file-hasher.ts';
import { Bandwidth } from './bandwidth.ts';
import { checkRequest } from './check-request.ts';
import { freeBytesAt, requireSpace } from './disk-space.ts';
import type {
  Download,
  DownloadEvents,
  DownloadRequest,
  FinishedDownload,
  FinishedFile,
} from './download.ts';
import { DownloadEntry } from './download-entry.ts';
import { DownloadList } from './download-list.ts';
import { isDownloadHour } from './download-hours.ts';
import { countDoneBytes, deleteArrived } from './download-run.ts';
import { DownloadScheduler } from './download-scheduler.ts';
import { type DownloadRecord, JobStore } from './job-store.ts';
import type { DownloadLimits, DownloadLog, FileLocator } from './ports.ts';
import type { TransferEnvironment } from './transfer-environment.ts';
import { standardTuning, type TransferTuning } from './tuning.ts';

export interface DownloadManagerOptions {
  /** Where the downloads are remembered: a folder of its own. */
  readonly folder: string;
  readonly http: HttpClient;
  readonly locator: FileLocator;
  readonly hasher: FileHasher;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: () => DownloadLimits;
  readonly log: DownloadLog;
  /** Downloads at the same time; one unless given. */
  readonly mostRunning?: number;
  /** The disk's own figure unless given. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  readonly tuning?: TransferTuning;
}

const finishedKept = 30;

/**
 * Models on their way to this disk. Every download survives whatever happens to the program: what
 * was running goes on by itself, what was paused stays paused.
 */
export class DownloadManager {
  private readonly options: DownloadManagerOptions;
  private readonly environment: TransferEnvironment;
  private readonly store: JobStore;
  private readonly downloads: DownloadList;
  private readonly scheduler: DownloadScheduler;
  private readonly unsubscribe: () => void;
  /** Downloads that are being taken away. */
  private readonly leaving = new Set<Promise<void>>();

  private constructor(options: DownloadManagerOptions) {
    const { clock, hasher, http, locator, log, random } = options;
    this.options = options;
    this.store = new JobStore(options.folder, log);
    this.downloads = new DownloadList(this.store, (entry) => this.describe(entry));
    this.environment = {
      ...{ clock, hasher, http, locator, log, random },
      bandwidth: new Bandwidth(clock, () => options.limits().bytesPerSecond),
      freeBytes: options.freeBytes ?? freeBytesAt,
      tuning: options.tuning ?? standardTuning,
    };
    this.scheduler = new DownloadScheduler({
      ...{ downloads: this.downloads, environment: this.environment, clock, log },
      limits: options.limits,
      mostRunning: options.mostRunning ?? 1,
      onFinished: (entry, files) => this.finish(entry, files),
    });
    this.unsubscribe = locator.onChanged(() => {
      for (const entry of this.downloads.all) this.scheduler.retryIfPassing(entry);
      this.scheduler.schedule();
    });
  }

  /** Takes up what an earlier run left. Listeners that are added at once miss nothing. */
  static async open(options: DownloadManagerOptions): Promise<DownloadManager> {
    const manager = new DownloadManager(options);
    for (const record of await manager.store.load()) {
      const doneBytes = await countDoneBytes(record, manager.environment);
      const entry = new DownloadEntry(record, doneBytes);
      manager.downloads.restore(entry);
      manager.scheduler.retryIfPassing(entry);
    }
    setImmediate(() => {
      manager.scheduler.schedule();
    });
    return manager;
  }

  /** In the order in which they run; what is done comes last. */
  list(): readonly Download[] {
    return this.downloads.inOrder();
  }

  /** Whether an unfinished download puts a file at this path. */
  isArriving(path: string): boolean {
    return this.downloads.isArriving(path);
  }

  /**
   * Queues a download, or answers with the one that already fetches the same (and tries a failed one
   * again). Rejects with `invalid-request` for a name that may not become a file and with
   * `storage-full` before anything is fetched.
   */
  async start(request: DownloadRequest): Promise<Download> {
    checkRequest(request);
    // What is being deleted may be the very same.
    await Promise.allSettled(this.leaving);
    const under = this.downloads.sameAs(request);
    if (under !== undefined) return this.resume(under.record.id);
    const missingBytes = request.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const record = await this.newRecord(request);
    const already = await countDoneBytes(record, this.environment);
    const free = await this.environment.freeBytes(request.folder);
    requireSpace({ name: request.name, missingBytes: missingBytes - already }, free);
    const meanwhile = this.downloads.sameAs(request);
    if (meanwhile !== undefined) return this.describe(meanwhile);
    const entry = new DownloadEntry(record, already);
    await this.downloads.add(entry);
    this.scheduler.schedule();
    return this.describe(entry);
  }

  /** Keeps what has arrived. A finished one stays as it is. */
  async pause(id: string): Promise<Download> {
    const entry = this.downloads.entryOf(id);
    if (entry.isOpen) {
      entry.cancelRetry();
      await this.downloads.change(entry, { state: 'paused', error: undefined });
      await this.scheduler.halt(entry);
      this.scheduler.schedule();
    }
    return this.describe(entry);
  }

  /** Goes on where it was; also tries a failed one again. */
  async resume(id: string): Promise<Download> {
    const entry = this.downloads.entryOf(id);
    if (entry.record.state === 'paused' || entry.record.state === 'failed') {
      entry.cancelRetry();
      await this.downloads.change(entry, { state: 'queued', error: undefined });
      this.scheduler.schedule();
    }
    return this.describe(entry);
  }

  /**
   * Ends it and deletes what has arrived; a finished one only leaves the list. Rejects with one
   * sentence when something cannot be deleted: it stays in the list then, paused.
   */
  async cancel(id: string): Promise<void> {
    const entry = this.downloads.entryOf(id);
    entry.cancelRetry();
    const leaving: Promise<void> = this.takeAway(entry).finally(() => this.leaving.delete(leaving));
    this.leaving.add(leaving);
    await leaving.finally(() => this.scheduler.schedule());
  }

  /** First in line from now on: what runs in its place waits, and keeps what has arrived. */
  async prioritize(id: string): Promise<Download> {
    const entry = this.downloads.entryOf(id);
    if (!entry.isOpen) return this.describe(entry);
    const first = Math.min(...this.downloads.all.map(({ record }) => record.rank));
    await this.downloads.change(entry, { rank: first - 1 });
    await this.resume(id);
    if (entry.active === undefined) {
      for (const other of this.downloads.running) await this.scheduler.halt(other);
    }
    this.scheduler.schedule();
    return this.describe(entry);
  }

  /**
   * Finished downloads that nobody has said of what they became: the program ended in between, or they
   * ended before anybody listened.
   */
  unassigned(): readonly FinishedDownload[] {
    const done = this.downloads.all.filter(
      ({ isOpen, record }) => !isOpen && record.modelId === undefined,
    );
    return done.map((entry) => {
      const { finished, request } = entry.record;
      const files = request.files.flatMap(({ path }) => finished[path] ?? []);
      return { download: this.describe(entry), request, files };
    });
  }

  /** Says what a download became in the library. */
  async assignModel(id: string, modelId: string): Promise<void> {
    if (!this.downloads.has(id)) return;
    await this.downloads.change(this.downloads.entryOf(id), { modelId });
  }

  /** The person changed hours or speed: obeyed at once. */
  limitsChanged(): void {
    this.scheduler.schedule();
  }

  /** Returns how to unsubscribe. */
  on<Name extends keyof DownloadEvents>(
    name: Name,
    listener: (event: DownloadEvents[Name]) => void,
  ): () => void {
    return this.downloads.on(name, listener);
  }

  /** Stops everything and keeps it: the next start goes on. */
  async dispose(): Promise<void> {
    this.unsubscribe();
    await this.scheduler.dispose();
    await Promise.allSettled(this.leaving);
  }

  /** Rejects with one sentence, and the download is in the list again, paused. */
  private async takeAway(entry: DownloadEntry): Promise<void> {
    const { log } = this.options;
    const { id } = entry.record;
    try {
      await this.downloads.leave(entry).catch((error: unknown) => {
        // A full disk is no reason to keep what fills it.
        log.warn({ downloadId: id, err: error }, 'download state was not kept');
      });
      await this.scheduler.halt(entry);
      if (entry.isOpen) await deleteArrived(entry.record);
      await this.downloads.removed(id);
    } catch (error) {
      entry.cancelRetry();
      await this.downloads.comeBack(entry).catch((cause: unknown) => {
        log.warn({ downloadId: id, err: cause }, 'download state was not kept');
      });
      throw error;
    }
  }

  private async newRecord(request: DownloadRequest): Promise<DownloadRecord> {
    const { repo, commit, files } = request;
    const ranks = this.downloads.all.map(({ record }) => record.rank);
    return {
      version: 1,
      id: newId(),
      rank: Math.max(0, ...ranks) + 1,
      state: 'queued',
      request: { ...request, files: [...files] },
      endpoint: await this.endpointOf({ repo, commit, path: files[0]?.path ?? '' }),
      createdAt: this.options.clock.now(),
      repairedBytes: 0,
      finished: {},
      foundBefore: [],
      hasBegun: false,
    };
  }

  private async endpointOf(address: { repo: string; commit: string; path: string }) {
    return new URL((await this.options.locator.locate(address)).url).host;
  }

  private async finish(entry: DownloadEntry, files: readonly FinishedFile[]): Promise<void> {
    const { request } = entry.record;
    this.downloads.emit('finished', { download: this.describe(entry), request, files });
    const done = this.downloads.all.filter(({ isOpen }) => !isOpen);
    const oldest = done.toSorted((a, b) => b.record.createdAt - a.record.createdAt);
    for (const { record } of oldest.slice(finishedKept)) {
      await this.cancel(record.id).catch((error: unknown) => {
        this.options.log.warn({ downloadId: record.id, err: error }, 'download was not forgotten');
      });
    }
  }

  private describe(entry: DownloadEntry): Download {
    const { clock, limits } = this.options;
    return entry.describe(clock, isDownloadHour(limits().hours, clock.now()));
  }
}
