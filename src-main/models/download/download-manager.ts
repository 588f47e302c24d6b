import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import { newId } from '../../core/identity.ts';
import type { FileHasher } from '../hashing/file-hasher.ts';
import { Bandwidth } from './bandwidth.ts';
import { checkRequest } from './check-request.ts';
import { freeBytesAt, requireSpace } from './disk-space.ts';
import type { Download, DownloadEvents, DownloadRequest, FinishedDownload } from './download.ts';
import { DownloadEntry } from './download-entry.ts';
import { DownloadList } from './download-list.ts';
import { isDownloadHour, msToNextHour } from './download-hours.ts';
import { countDoneBytes, deleteArrived, DownloadRun } from './download-run.ts';
import { isClosed } from './file-source.ts';
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

const progressMs = 500;
/** A download that the network ended tries again by itself. */
const retryMs = 300_000;
const finishedKept = 30;
const passingCodes = new Set(['unavailable', 'timeout', 'rate-limited', 'overloaded']);

/**
 * Models on their way to this disk. Every download survives whatever happens to the program: what
 * was running goes on by itself, what was paused stays paused.
 */
export class DownloadManager {
  private readonly options: DownloadManagerOptions;
  private readonly environment: TransferEnvironment;
  private readonly store: JobStore;
  private readonly downloads: DownloadList;
  private readonly unsubscribe: () => void;
  private cancelHours: () => void = () => {};
  private cancelProgress: (() => void) | undefined;
  /** Runs whose end is not kept yet. */
  private readonly ending = new Set<Promise<void>>();
  private isClosing = false;

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
    this.unsubscribe = locator.onChanged(() => {
      for (const entry of this.downloads.all) this.retryIfPassing(entry);
      this.schedule();
    });
  }

  /** Takes up what an earlier run left. Listeners that are added at once miss nothing. */
  static async open(options: DownloadManagerOptions): Promise<DownloadManager> {
    const manager = new DownloadManager(options);
    for (const record of await manager.store.load()) {
      const doneBytes = await countDoneBytes(record, manager.environment);
      const entry = new DownloadEntry(record, doneBytes);
      manager.downloads.restore(entry);
      manager.retryIfPassing(entry);
    }
    setImmediate(() => {
      manager.schedule();
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
    this.schedule();
    return this.describe(entry);
  }

  /** Keeps what has arrived. A finished one stays as it is. */
  async pause(id: string): Promise<Download> {
    const entry = this.downloads.entryOf(id);
    if (entry.isOpen) {
      entry.cancelRetry();
      await this.downloads.change(entry, { state: 'paused', error: undefined });
      await this.halt(entry);
      this.schedule();
    }
    return this.describe(entry);
  }

  /** Goes on where it was; also tries a failed one again. */
  async resume(id: string): Promise<Download> {
    const entry = this.downloads.entryOf(id);
    if (entry.record.state === 'paused' || entry.record.state === 'failed') {
      entry.cancelRetry();
      await this.downloads.change(entry, { state: 'queued', error: undefined });
      this.schedule();
    }
    return this.describe(entry);
  }

  /** Ends it and deletes what has arrived; a finished one only leaves the list. */
  async cancel(id: string): Promise<void> {
    const entry = this.downloads.entryOf(id);
    entry.cancelRetry();
    this.downloads.forget(id);
    await this.halt(entry);
    if (entry.isOpen) await deleteArrived(entry.record);
    await this.downloads.removed(id);
    this.schedule();
  }

  /** First in line from now on: what runs in its place waits, and keeps what has arrived. */
  async prioritize(id: string): Promise<Download> {
    const entry = this.downloads.entryOf(id);
    if (!entry.isOpen) return this.describe(entry);
    const first = Math.min(...this.downloads.all.map(({ record }) => record.rank));
    await this.downloads.change(entry, { rank: first - 1 });
    await this.resume(id);
    if (entry.active === undefined) {
      for (const other of this.downloads.running) await this.halt(other);
    }
    this.schedule();
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
    this.schedule();
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
    this.isClosing = true;
    this.unsubscribe();
    this.cancelHours();
    this.cancelProgress?.();
    for (const entry of this.downloads.all) entry.cancelRetry();
    await Promise.all(this.downloads.running.map((entry) => this.halt(entry)));
    await Promise.all(this.ending);
  }

  private schedule(): void {
    if (this.isClosing) return;
    this.cancelHours();
    const { hours } = this.options.limits();
    const now = this.options.clock.now();
    const mayRun = isDownloadHour(hours, now);
    if (hours.from !== hours.to && this.downloads.all.some(({ isOpen }) => isOpen)) {
      this.cancelHours = this.options.clock.after(msToNextHour(now), () => {
        this.schedule();
        for (const entry of this.downloads.all) if (entry.isOpen) this.downloads.tell(entry);
      });
    }
    if (!mayRun) {
      for (const entry of this.downloads.running) entry.active?.stop.abort(stopped());
      return;
    }
    const free = (this.options.mostRunning ?? 1) - this.downloads.running.length;
    const next = this.downloads.startable.slice(0, Math.max(0, free));
    for (const entry of next) this.launch(entry);
  }

  private launch(entry: DownloadEntry): void {
    const stop = new AbortController();
    const run = new DownloadRun(entry.record, {
      environment: this.environment,
      onAchieved: (change) => this.downloads.change(entry, change),
      onArrived: (bytes) => {
        entry.speed.add(bytes, this.options.clock.monotonic());
        entry.isUntold = true;
      },
    });
    const ended: Promise<void> = this.follow(entry, run, stop.signal).finally(() =>
      this.ending.delete(ended),
    );
    this.ending.add(ended);
    entry.active = { run, stop, ended };
    this.options.log.info({ downloadId: entry.record.id }, 'download started');
    this.downloads.tell(entry);
    this.cancelProgress ??= this.watchProgress();
  }

  /** Never rejects: whatever happens becomes the download's state. */
  private async follow(entry: DownloadEntry, run: DownloadRun, signal: AbortSignal): Promise<void> {
    try {
      const files = await run.run(signal);
      entry.rest(run);
      await this.downloads.change(entry, { state: 'done' });
      const download = this.describe(entry);
      this.downloads.emit('finished', { download, request: entry.record.request, files });
      await this.forgetOldest();
    } catch (thrown) {
      if (entry.active !== undefined) entry.rest(run);
      if (!signal.aborted) await this.fail(entry, thrown);
      else this.downloads.tell(entry);
    }
    this.schedule();
  }

  private async fail(entry: DownloadEntry, thrown: unknown): Promise<void> {
    const error = MillpondError.from(thrown);
    const { id } = entry.record;
    this.options.log.warn({ downloadId: id, err: thrown }, 'download failed');
    await this.downloads
      .change(entry, { state: 'failed', error: error.toBody() })
      .catch((cause: unknown) => {
        // The disk may be what failed; the list tells it all the same.
        this.options.log.warn({ downloadId: id, err: cause }, 'download state was not kept');
      });
    if (!passingCodes.has(error.code) || isClosed(error)) return;
    entry.cancelRetry = this.options.clock.after(retryMs, () => {
      this.retryIfPassing(entry);
      this.schedule();
    });
  }

  private retryIfPassing(entry: DownloadEntry): void {
    const { error, state } = entry.record;
    if (state !== 'failed' || error === undefined) return;
    const isPassing = passingCodes.has(error.code) || isClosed(MillpondError.fromBody(error));
    if (!isPassing) return;
    entry.cancelRetry();
    void this.downloads
      .change(entry, { state: 'queued', error: undefined })
      .catch((cause: unknown) => {
        this.options.log.warn({ downloadId: entry.record.id, err: cause }, 'state was not kept');
      });
  }

  /** Ends a run without changing what should happen to the download. */
  private async halt(entry: DownloadEntry): Promise<void> {
    const { active } = entry;
    active?.stop.abort(stopped());
    await active?.ended;
  }

  private watchProgress(): () => void {
    return this.options.clock.after(progressMs, () => {
      for (const entry of this.downloads.running) {
        const isVerifying = entry.active?.run.isVerifying === true;
        if (entry.isUntold || isVerifying) this.downloads.tell(entry);
      }
      this.cancelProgress = this.downloads.running.length > 0 ? this.watchProgress() : undefined;
    });
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

  private async forgetOldest(): Promise<void> {
    const done = this.downloads.all.filter(({ isOpen }) => !isOpen);
    const oldest = done.toSorted((a, b) => b.record.createdAt - a.record.createdAt);
    for (const { record } of oldest.slice(finishedKept)) await this.cancel(record.id);
  }

  private describe(entry: DownloadEntry): Download {
    const { clock, limits } = this.options;
    return entry.describe(clock, isDownloadHour(limits().hours, clock.now()));
  }
}

function stopped(): MillpondError {
  return new MillpondError('cancelled', 'The download was stopped');
}
