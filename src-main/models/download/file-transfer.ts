import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Backoff, createBackoff } from '../../core/async/backoff.ts';
import { MillpondError } from '../../core/error.ts';
import type { GrowingFile } from '../hashing/file-hasher.ts';
import { BlockChecks } from './block-checks.ts';
import type { Span } from './block-map.ts';
import { requireRest } from './disk-space.ts';
import { fetchSpan } from './fetch-span.ts';
import type { FileSource, OpenedRange } from './file-source.ts';
import { Parallelism } from './parallelism.ts';
import { diskGone, type PartFile } from './part-file.ts';
import { FileChanged, PassingFailure } from './passing-failure.ts';
import type { TransferEnvironment } from './transfer-environment.ts';

/** So many attempts in a row brought nothing before the transfer may give up. */
const leastAttempts = 4;
const diskLookTicks = 5;

interface FileTransferOptions {
  /** For people, such as `model.gguf`. */
  readonly name: string;
  readonly part: PartFile;
  readonly source: FileSource;
  readonly growing: GrowingFile;
  readonly environment: TransferEnvironment;
  /** Bytes that came over the network, for the rate. */
  readonly onArrived: (bytes: number) => void;
}

/**
 * Fetches everything that a part file still misses, by several ranges at once. Retries what passes,
 * and rejects with `FileChanged`, or with one sentence when there is no point in going on.
 */
export class FileTransfer {
  private readonly options: FileTransferOptions;
  private readonly environment: TransferEnvironment;
  private readonly parallelism: Parallelism;
  private readonly stop = new AbortController();
  private readonly workers = new Set<Promise<void>>();
  private readonly checks: BlockChecks;
  private readonly finished: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Aborted and replaced when another endpoint is in force: what runs there begins anew. */
  private attempts = new AbortController();
  /** Whether the server serves ranges; unknown until the first answer. */
  private servesRanges: boolean | undefined;
  private lastHost: string | undefined;
  private lastFailure: MillpondError | undefined;
  private failedAttempts = 0;
  private lastArrivalAt: number;
  private unrecordedBytes = 0;
  private arrivedInTick = 0;
  private ticks = 0;
  private lastSyncAt: number;
  private isSyncing = false;

  constructor(options: FileTransferOptions) {
    const { environment } = options;
    const { tuning, clock } = environment;
    this.options = options;
    this.environment = environment;
    this.checks = new BlockChecks(options.part, options.growing, (error) => this.stop.abort(error));
    this.parallelism = new Parallelism(tuning.firstRanges, tuning.mostRanges);
    this.lastArrivalAt = clock.monotonic();
    this.lastSyncAt = clock.monotonic();
  }

  /** Whether a part of the file can be fetched alone. */
  get canFetchParts(): boolean {
    return this.servesRanges !== false;
  }

  /** Resolves when every byte is in the file, durable, and every block has its check. */
  async run(signal: AbortSignal): Promise<void> {
    const { environment, part, source } = this.options;
    const abort = (): void => {
      this.stop.abort(signal.reason);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const unsubscribe = environment.locator.onChanged(() => {
      source.forgetLocation();
      this.attempts.abort(new PassingFailure(movedOn()));
      this.attempts = new AbortController();
    });
    let cancelTick = this.scheduleTick((cancel) => (cancelTick = cancel));
    try {
      this.checks.addPresent();
      this.staff();
      await this.finished.promise;
      await this.checks.settled();
      this.stop.signal.throwIfAborted();
      await part.sync();
    } finally {
      cancelTick();
      unsubscribe();
      signal.removeEventListener('abort', abort);
      await part.recordProgress().catch(() => {
        // The failure that ended the transfer is the one worth telling.
      });
    }
  }

  /** Starts as many workers as there should be now, and ends when there is nothing left for any. */
  private staff(): void {
    const { map } = this.options.part;
    // Until the first answer nobody knows whether a second range makes sense.
    const wanted = this.servesRanges === true ? this.parallelism.ranges : 1;
    while (!this.stop.signal.aborted && this.workers.size < wanted && map.waitingBlocks > 0) {
      const worker: Promise<void> = this.work()
        .catch((error: unknown) => this.stop.abort(error))
        .finally(() => {
          this.workers.delete(worker);
          this.staff();
        });
      this.workers.add(worker);
    }
    if (this.workers.size > 0) return;
    if (this.stop.signal.aborted) this.finished.reject(this.stop.signal.reason);
    else this.finished.resolve();
  }

  private async work(): Promise<void> {
    const { random, tuning } = this.environment;
    const { initial: initialMs, max: maxMs } = tuning.retryMs;
    const backoff = createBackoff({ initialMs, maxMs, random });
    const { map } = this.options.part;
    for (;;) {
      const wanted = this.servesRanges === true ? this.parallelism.ranges : 1;
      if (this.workers.size > wanted) return;
      const span = map.claim(this.spanBlocks());
      if (span === undefined) return;
      let pauseMs = 0;
      try {
        await this.fetch(span);
        backoff.reset();
      } catch (thrown) {
        pauseMs = this.explainPause(thrown, span, backoff);
      } finally {
        map.release(span);
      }
      if (pauseMs > 0) await this.pause(pauseMs);
    }
  }

  /** Long enough that few requests are made, short enough that all ranges end together. */
  private spanBlocks(): number {
    const { map } = this.options.part;
    const { spanBlocks } = this.environment.tuning;
    if (this.servesRanges === false) return map.count;
    const share = Math.ceil(map.waitingBlocks / (2 * this.parallelism.ranges));
    return Math.max(1, Math.min(spanBlocks, share));
  }

  private fetch(span: Span): Promise<void> {
    const { part, source } = this.options;
    const { bandwidth, clock, tuning } = this.environment;
    return fetchSpan(span, {
      ...{ source, map: part.map, bandwidth, clock },
      ...{ stallMs: tuning.stallMs, flushBytes: tuning.flushBytes },
      signal: AbortSignal.any([this.stop.signal, this.attempts.signal]),
      write: (buffers, position) => part.write(buffers, position),
      onOpened: (opened) => {
        this.opened(opened, span);
      },
      onArrived: (bytes) => {
        this.arrived(bytes);
      },
      onWritten: (start, end) => {
        this.written(start, end);
      },
    });
  }

  private opened(opened: OpenedRange, span: Span): void {
    const { map } = this.options.part;
    const { etag } = this.options.source;
    if (etag !== undefined && this.options.part.etag === undefined) {
      this.inBackground(this.options.part.recordEtag(etag));
    }
    const hasMoved = this.lastHost !== undefined && this.lastHost !== opened.host;
    this.lastHost = opened.host;
    if (hasMoved) map.markSuspect(map.indexAt(span.start));
    const wasUnknown = this.servesRanges !== true;
    this.servesRanges = !opened.isWhole;
    if (opened.isWhole && this.workers.size > 1) {
      // The others end first: two streams of the same whole file help nobody.
      throw new PassingFailure(
        new MillpondError('unavailable', `${opened.host} gives the file only as a whole`),
      );
    }
    if (wasUnknown && this.servesRanges) queueMicrotask(() => this.staff());
  }

  private arrived(bytes: number): void {
    this.lastArrivalAt = this.environment.clock.monotonic();
    this.failedAttempts = 0;
    this.arrivedInTick += bytes;
    this.options.onArrived(bytes);
  }

  private written(start: number, end: number): void {
    const { part } = this.options;
    for (const block of part.map.advance(start, end)) this.checks.add(block);
    this.unrecordedBytes += end - start;
    if (this.unrecordedBytes < this.environment.tuning.recordBytes) return;
    this.unrecordedBytes = 0;
    this.inBackground(part.recordProgress());
  }

  /** How long to wait before the next attempt; throws what ends the transfer. */
  private explainPause(thrown: unknown, span: Span, backoff: Backoff): number {
    if (this.stop.signal.aborted) throw this.stop.signal.reason;
    if (thrown instanceof FileChanged || !(thrown instanceof PassingFailure)) throw thrown;
    const { map } = this.options.part;
    const gap = map.missingFrom(span.start);
    if (gap !== undefined) map.markSuspect(map.indexAt(gap.start));
    if (thrown.error.reason === 'moved-on') return 0;
    this.lastFailure = thrown.error;
    this.failedAttempts += 1;
    this.parallelism.failed();
    this.environment.log.info({ reason: thrown.error.message }, 'download attempt failed');
    // A server may ask for a pause, not for a day.
    const asked = Math.min(thrown.error.retryAfterMs ?? 0, this.environment.tuning.giveUpMs);
    return Math.max(backoff.next(), asked);
  }

  private async pause(ms: number): Promise<void> {
    const { attempts } = this;
    try {
      const either = AbortSignal.any([this.stop.signal, attempts.signal]);
      await this.environment.clock.sleep(ms, either);
    } catch (error) {
      // Another endpoint is worth trying at once.
      if (this.stop.signal.aborted || !attempts.signal.aborted) throw error;
    }
  }

  private scheduleTick(onScheduled: (cancel: () => void) => void): () => void {
    const { clock, tuning } = this.environment;
    return clock.after(tuning.tickMs, () => {
      this.tick();
      onScheduled(this.scheduleTick(onScheduled));
    });
  }

  private tick(): void {
    const { clock, tuning } = this.environment;
    this.ticks += 1;
    const isBusy = this.workers.size >= this.parallelism.ranges;
    if (isBusy) this.parallelism.observe((this.arrivedInTick / tuning.tickMs) * 1000);
    this.arrivedInTick = 0;
    const silentMs = clock.monotonic() - this.lastArrivalAt;
    if (silentMs > tuning.giveUpMs && this.failedAttempts >= leastAttempts) this.giveUp();
    if (this.ticks % diskLookTicks === 0) this.inBackground(this.lookAtDisk());
    if (clock.monotonic() - this.lastSyncAt > tuning.syncMs) this.inBackground(this.sync());
    this.staff();
  }

  private giveUp(): void {
    const { message = 'The hub cannot be reached', reason } = this.lastFailure ?? {};
    const minutes = Math.max(1, Math.round(this.environment.tuning.giveUpMs / 60_000));
    this.stop.abort(
      new MillpondError(
        'unavailable',
        `${message}; nothing of ${this.options.name} has come for ${minutes} min: check the network, then resume`,
        { cause: this.lastFailure, ...(reason !== undefined && { reason }) },
      ),
    );
  }

  private async lookAtDisk(): Promise<void> {
    const { name, part } = this.options;
    await stat(part.path).catch((cause: unknown) => {
      throw diskGone(part.path, cause);
    });
    requireRest(name, await this.environment.freeBytes(dirname(part.path)));
  }

  private async sync(): Promise<void> {
    if (this.isSyncing) return;
    this.isSyncing = true;
    try {
      await this.options.part.sync();
      this.lastSyncAt = this.environment.clock.monotonic();
    } finally {
      this.isSyncing = false;
    }
  }

  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.stop.abort(error);
    });
  }
}

function movedOn(): MillpondError {
  return new MillpondError('unavailable', 'Another address is in force', { reason: 'moved-on' });
}
