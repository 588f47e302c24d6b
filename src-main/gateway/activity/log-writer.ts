import type { RequestRecord } from '../../contract/activity.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { RequestLogStore } from '../ports.ts';
import { type Spool, readSpoolLine, spoolLine } from './spool.ts';

/**
 * Writes ended requests, and with them the sums of usage, in batches off the hot path. What the store does
 * not take within half a second lies on the disk beside it until it does, also after a crash: a request is
 * counted once, and a killed process loses less than the last second.
 */
export interface LogWriter {
  /** Never waits and never throws; only when neither store nor disk take anything, records are dropped. */
  readonly add: (record: RequestRecord) => void;
  /** Ended requests that the store does not have yet, oldest first; of very many the newest. */
  pending(): readonly RequestRecord[];
  /** How many the store does not have yet. */
  waiting(): number;
  /** Brings what an earlier process left on the disk into the store. Called once, at the start. */
  recover(): Promise<void>;
  /** Writes what is left. Called once, at the end. */
  close(): Promise<void>;
}

interface LogWriterDeps {
  readonly store: Pick<RequestLogStore, 'append'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onDropped: (records: number) => void;
  /** Absent: what the store does not take waits in memory. */
  readonly spool?: Spool;
  /** The store takes nothing, in one sentence; undefined: it does again. */
  readonly onTrouble?: (problem: string | undefined) => void;
}

/** In memory, while neither store nor spool take anything. */
const maxPending = 100_000;
const maxBatch = 500;
const writeAfterMs = 250;
/** A batch that the store has not taken by then goes to the disk as well. */
const spoolAfterMs = 400;
const retryAfterMs = 5000;
/** Of what lies on the disk, so many can still be looked at. */
const shownSpooled = 1000;

export function createLogWriter(deps: LogWriterDeps): LogWriter {
  return new SpoolingLogWriter(deps);
}

class SpoolingLogWriter implements LogWriter {
  private readonly deps: LogWriterDeps;
  /** Neither stored nor spooled. */
  private fresh: RequestRecord[] = [];
  /** On its way to the store. */
  private writing: readonly RequestRecord[] = [];
  private isWritingSpooled = false;
  private spooledCount = 0;
  /** The newest of what lies on the disk. */
  private spooled: readonly RequestRecord[] = [];
  private isDown = false;
  private isClosed = false;
  private retryAt = 0;
  private stopTimer: (() => void) | undefined;
  private dueAt = Infinity;
  private round: Promise<void> | undefined;
  /** One writer of the spool at a time. */
  private spooling: Promise<unknown> = Promise.resolve();

  constructor(deps: LogWriterDeps) {
    this.deps = deps;
  }

  readonly add = (record: RequestRecord): void => {
    if (this.fresh.length >= maxPending) {
      this.deps.onDropped(1);
      return;
    }
    this.fresh.push(record);
    this.schedule(writeAfterMs);
  };

  pending(): readonly RequestRecord[] {
    const writing = this.isWritingSpooled ? [] : this.writing;
    return [...this.spooled, ...writing, ...this.fresh];
  }

  waiting(): number {
    const writing = this.isWritingSpooled ? 0 : this.writing.length;
    return this.spooledCount + writing + this.fresh.length;
  }

  async recover(): Promise<void> {
    const { spool, logger } = this.deps;
    if (spool === undefined) return;
    try {
      const names = await spool.seal();
      if (names.length === 0) return;
      this.goDown();
      await this.run();
    } catch (error) {
      logger.warn({ err: error }, 'the spool is not readable');
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stopTimer?.();
    await this.round;
    if (!this.isDown) await this.writeFresh();
    if (this.fresh.length > 0) await this.spoolFresh();
    await this.spooling;
    await this.deps.spool?.seal();
    if (this.fresh.length > 0) this.deps.onDropped(this.fresh.length);
  }

  /** The earlier of two wishes counts. */
  private schedule(delayMs: number): void {
    const { clock } = this.deps;
    const dueAt = clock.monotonic() + delayMs;
    if (this.isClosed || dueAt >= this.dueAt) return;
    this.stopTimer?.();
    this.dueAt = dueAt;
    this.stopTimer = clock.after(delayMs, () => {
      this.dueAt = Infinity;
      void this.run();
    });
  }

  /** One round at a time keeps the order. */
  private run(): Promise<void> {
    this.round ??= this.work().finally(() => {
      this.round = undefined;
      if (this.isDown) this.schedule(this.fresh.length > 0 ? writeAfterMs : retryAfterMs);
      else if (this.fresh.length > 0) this.schedule(0);
    });
    return this.round;
  }

  private async work(): Promise<void> {
    if (!this.isDown) {
      await this.writeFresh();
      return;
    }
    await this.spoolFresh();
    if (this.deps.clock.monotonic() < this.retryAt) return;
    this.retryAt = this.deps.clock.monotonic() + retryAfterMs;
    if (await this.reconcile()) {
      this.isDown = false;
      this.deps.onTrouble?.(undefined);
      await this.writeFresh();
    }
  }

  private async writeFresh(): Promise<void> {
    while (this.fresh.length > 0) {
      this.writing = this.fresh.slice(0, maxBatch);
      this.fresh = this.fresh.slice(maxBatch);
      if (!(await this.storeBatch())) {
        await this.spoolFresh();
        return;
      }
    }
  }

  /** Stores the batch that is being written. One that is slow lies on the disk before it is lost. */
  private async storeBatch(): Promise<boolean> {
    const { store } = this.deps;
    const stopGuard = this.guard();
    try {
      await store.append(this.writing);
      return true;
    } catch (error) {
      this.report(error);
      await this.spooling;
      if (!this.isWritingSpooled) this.fresh = [...this.writing, ...this.fresh];
      return false;
    } finally {
      stopGuard();
      await this.spooling;
      // What went to the disk meanwhile is brought into the store as well: it counts once.
      if (this.spooledCount > 0) this.goDown();
      this.writing = [];
      this.isWritingSpooled = false;
    }
  }

  /** Spools what waits for a slow store, and goes on doing so until the returned function is called. */
  private guard(): () => void {
    const { clock } = this.deps;
    const spoolAgain = (): void => {
      stop = clock.after(writeAfterMs, spoolAgain);
      void this.spoolFresh();
    };
    let stop = clock.after(spoolAfterMs, spoolAgain);
    return () => {
      stop();
    };
  }

  private report(error: unknown): void {
    const { logger, onTrouble } = this.deps;
    logger.warn({ err: error, pending: this.waiting() }, 'request log is not writable');
    if (!this.isDown) onTrouble?.(error instanceof Error ? error.message : 'The store is down');
    this.goDown();
    this.retryAt = this.deps.clock.monotonic() + retryAfterMs;
  }

  private goDown(): void {
    if (this.isDown) return;
    this.isDown = true;
    this.retryAt = this.deps.clock.monotonic();
  }

  /** Puts everything that is only in memory on the disk. Leaves it in memory when that fails. */
  private spoolFresh(): Promise<void> {
    const next = this.spooling.then(() => this.spoolNow());
    this.spooling = next;
    return next;
  }

  private async spoolNow(): Promise<void> {
    const { spool, logger } = this.deps;
    if (spool === undefined) return;
    const writing = this.isWritingSpooled ? [] : this.writing;
    const records = [...writing, ...this.fresh];
    if (records.length === 0) return;
    const freshCount = this.fresh.length;
    try {
      await spool.append(records.map(spoolLine));
    } catch (error) {
      logger.warn({ err: error, pending: this.waiting() }, 'the spool is not writable');
      return;
    }
    this.fresh = this.fresh.slice(freshCount);
    if (writing.length > 0 && writing === this.writing) this.isWritingSpooled = true;
    this.spooledCount += records.length;
    this.spooled = [...this.spooled, ...records].slice(-shownSpooled);
  }

  /** Brings what lies on the disk, else what waits in memory, into the store. False: it is still down. */
  private async reconcile(): Promise<boolean> {
    const { spool, store, logger } = this.deps;
    try {
      for (;;) {
        await this.spooling;
        const names = (await spool?.seal()) ?? [];
        if (names.length === 0) break;
        for (const name of names) await this.storeFile(name);
      }
      this.spooledCount = 0;
      this.spooled = [];
      // Without a spool the first batch is the test.
      if (spool === undefined && this.fresh.length > 0) {
        await store.append(this.fresh.slice(0, maxBatch));
        this.fresh = this.fresh.slice(maxBatch);
      }
      return true;
    } catch (error) {
      logger.warn({ err: error, pending: this.waiting() }, 'request log is still not writable');
      this.retryAt = this.deps.clock.monotonic() + retryAfterMs;
      return false;
    }
  }

  private async storeFile(name: string): Promise<void> {
    const { spool, store, logger } = this.deps;
    if (spool === undefined) return;
    const lines = await spool.read(name);
    const records = lines.flatMap((line) => readSpoolLine(line) ?? []);
    if (records.length < lines.length) {
      logger.error({ name, lost: lines.length - records.length }, 'spooled requests are damaged');
    }
    for (let start = 0; start < records.length; start += maxBatch) {
      await store.append(records.slice(start, start + maxBatch));
    }
    await spool.remove(name);
    this.spooledCount = Math.max(0, this.spooledCount - records.length);
  }
}
