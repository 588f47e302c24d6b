import type { Clock } from '../../core/clock.ts';
import type { Download, DownloadState } from './download.ts';
import type { DownloadRun } from './download-run.ts';
import type { DownloadRecord } from './job-store.ts';
import { SpeedMeter } from './speed-meter.ts';

/** A download under way. */
export interface ActiveRun {
  readonly run: DownloadRun;
  readonly stop: AbortController;
  /** Resolves, never rejects, when it has ended and its new state is kept. */
  readonly ended: Promise<void>;
}

/** What the manager knows about one download. */
export class DownloadEntry {
  record: DownloadRecord;
  active: ActiveRun | undefined;
  /** Cancels the next attempt that a failed one makes by itself. */
  cancelRetry: () => void = () => {};
  /** Its progress changed since it was last told. */
  isUntold = false;
  readonly speed = new SpeedMeter();
  private restingBytes: number;

  constructor(record: DownloadRecord, doneBytes: number) {
    this.record = record;
    this.restingBytes = doneBytes;
  }

  get isOpen(): boolean {
    return this.record.state !== 'done';
  }

  /** Keeps the figures of a run that has ended. */
  rest({ doneBytes, endpoint = this.record.endpoint, repairedBytes }: DownloadRun): void {
    this.restingBytes = doneBytes;
    this.record = { ...this.record, endpoint, repairedBytes };
    this.active = undefined;
  }

  /** `mayRun` is false outside the chosen hours. */
  describe(clock: Clock, mayRun: boolean): Download {
    const { record } = this;
    const { request, error, modelId } = record;
    const run = this.active?.run;
    const totalBytes = request.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const doneBytes = run?.doneBytes ?? this.restingBytes;
    const bytesPerSecond = run && this.speed.bytesPerSecond(clock.monotonic());
    const isMoving = bytesPerSecond !== undefined && bytesPerSecond > 0;
    return {
      id: record.id,
      ...{ repo: request.repo, commit: request.commit, variant: request.variant },
      name: request.name,
      endpoint: run?.endpoint ?? record.endpoint,
      state: this.stateNow(mayRun),
      ...{ totalBytes, doneBytes },
      ...(isMoving && {
        bytesPerSecond,
        etaSeconds: Math.ceil((totalBytes - doneBytes) / bytesPerSecond),
      }),
      files: request.files.length,
      doneFiles: run?.doneFiles ?? Object.keys(record.finished).length,
      repairedBytes: run?.repairedBytes ?? record.repairedBytes,
      ...(error !== undefined && { error }),
      createdAt: record.createdAt,
      ...(modelId !== undefined && { modelId }),
    };
  }

  private stateNow(mayRun: boolean): DownloadState {
    if (this.active !== undefined) return this.active.run.isVerifying ? 'verifying' : 'running';
    if (this.record.state !== 'queued') return this.record.state;
    return mayRun ? 'queued' : 'waiting';
  }
}
