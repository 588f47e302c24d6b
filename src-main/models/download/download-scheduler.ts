import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { FinishedFile } from './download.ts';
import type { DownloadEntry } from './download-entry.ts';
import { isDownloadHour, msToNextHour } from './download-hours.ts';
import type { DownloadList } from './download-list.ts';
import { DownloadRun } from './download-run.ts';
import { isClosed } from './file-source.ts';
import type { DownloadLimits, DownloadLog } from './ports.ts';
import type { TransferEnvironment } from './transfer-environment.ts';

interface DownloadSchedulerOptions {
  readonly downloads: DownloadList;
  readonly environment: TransferEnvironment;
  readonly clock: Clock;
  readonly limits: () => DownloadLimits;
  readonly log: DownloadLog;
  readonly mostRunning: number;
  /** Every file is in its place and the state is kept. */
  readonly onFinished: (entry: DownloadEntry, files: readonly FinishedFile[]) => Promise<void>;
}

const progressMs = 500;
/** A download that the network ended tries again by itself. */
const retryMs = 300_000;
const passingCodes = new Set(['unavailable', 'timeout', 'rate-limited', 'overloaded']);

/** Decides which of the downloads run now, runs them, and keeps how they end. */
export class DownloadScheduler {
  private readonly options: DownloadSchedulerOptions;
  private readonly downloads: DownloadList;
  private cancelHours: () => void = () => {};
  private cancelProgress: (() => void) | undefined;
  /** Runs whose end is not kept yet. */
  private readonly ending = new Set<Promise<void>>();
  private isClosing = false;

  constructor(options: DownloadSchedulerOptions) {
    this.options = options;
    this.downloads = options.downloads;
  }

  /** To be called after whatever may let another download run, or forbid it. */
  schedule(): void {
    if (this.isClosing) return;
    this.cancelHours();
    const { clock, limits, mostRunning } = this.options;
    const { hours } = limits();
    const now = clock.now();
    const mayRun = isDownloadHour(hours, now);
    if (hours.from !== hours.to && this.downloads.all.some(({ isOpen }) => isOpen)) {
      this.cancelHours = clock.after(msToNextHour(now), () => {
        this.schedule();
        for (const entry of this.downloads.all) if (entry.isOpen) this.downloads.tell(entry);
      });
    }
    if (!mayRun) {
      for (const entry of this.downloads.running) entry.active?.stop.abort(stopped());
      return;
    }
    const free = mostRunning - this.downloads.running.length;
    const next = this.downloads.startable.slice(0, Math.max(0, free));
    for (const entry of next) this.launch(entry);
  }

  /** Ends a run without changing what should happen to the download. */
  async halt(entry: DownloadEntry): Promise<void> {
    const { active } = entry;
    active?.stop.abort(stopped());
    await active?.ended;
  }

  /** Queues a failed download again if what ended it may be over. */
  retryIfPassing(entry: DownloadEntry): void {
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

  /** Resolves when nothing runs any more and every end is kept. */
  async dispose(): Promise<void> {
    this.isClosing = true;
    this.cancelHours();
    this.cancelProgress?.();
    for (const entry of this.downloads.all) entry.cancelRetry();
    await Promise.all(this.downloads.running.map((entry) => this.halt(entry)));
    await Promise.all(this.ending);
  }

  private launch(entry: DownloadEntry): void {
    const { clock, environment, log } = this.options;
    const stop = new AbortController();
    const run = new DownloadRun(entry.record, {
      environment,
      onAchieved: (change) => this.downloads.change(entry, change),
      onArrived: (bytes) => {
        entry.speed.add(bytes, clock.monotonic());
        entry.isUntold = true;
      },
    });
    const ended: Promise<void> = this.follow(entry, run, stop.signal).finally(() =>
      this.ending.delete(ended),
    );
    this.ending.add(ended);
    entry.active = { run, stop, ended };
    log.info({ downloadId: entry.record.id }, 'download started');
    this.downloads.tell(entry);
    this.cancelProgress ??= this.watchProgress();
  }

  /** Never rejects: whatever happens becomes the download's state. */
  private async follow(entry: DownloadEntry, run: DownloadRun, signal: AbortSignal): Promise<void> {
    try {
      const files = await run.run(signal);
      entry.rest(run);
      await this.downloads.change(entry, { state: 'done' });
      await this.options.onFinished(entry, files);
    } catch (thrown) {
      if (entry.active !== undefined) entry.rest(run);
      if (!signal.aborted) await this.fail(entry, thrown);
      else this.downloads.tell(entry);
    }
    this.schedule();
  }

  private async fail(entry: DownloadEntry, thrown: unknown): Promise<void> {
    const { clock, log } = this.options;
    const error = MillpondError.from(thrown);
    const { id } = entry.record;
    log.warn({ downloadId: id, err: thrown }, 'download failed');
    await this.downloads
      .change(entry, { state: 'failed', error: error.toBody() })
      .catch((cause: unknown) => {
        // The disk may be what failed; the list tells it all the same.
        log.warn({ downloadId: id, err: cause }, 'download state was not kept');
      });
    if (!passingCodes.has(error.code) || isClosed(error)) return;
    entry.cancelRetry = clock.after(retryMs, () => {
      this.retryIfPassing(entry);
      this.schedule();
    });
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
}

function stopped(): MillpondError {
  return new MillpondError('cancelled', 'The download was stopped');
}
