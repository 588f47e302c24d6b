import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';

interface BatchWriterDeps<T> {
  readonly clock: Clock;
  readonly logger: Logger;
  /** What is written, for the log: `ledger`. */
  readonly name: string;
  readonly write: (batch: readonly T[]) => Promise<void>;
  /** More than that while the store is down is dropped, and said. */
  readonly capacity: number;
}

const writeAfterMs = 1000;
const retryAfterMs = 5000;
const maxBatch = 500;

/** Writes in batches away from whoever adds, in order, and again when the store was down. */
export class BatchWriter<T> {
  private readonly deps: BatchWriterDeps<T>;
  private buffer: T[] = [];
  private stopTimer: (() => void) | undefined;
  private writing: Promise<boolean> | undefined;
  private isClosed = false;

  constructor(deps: BatchWriterDeps<T>) {
    this.deps = deps;
  }

  /** Not stored yet, oldest first. */
  get pending(): readonly T[] {
    return this.buffer;
  }

  /** Never waits and never throws. */
  add(items: readonly T[]): void {
    const room = Math.max(0, this.deps.capacity - this.buffer.length);
    this.buffer.push(...items.slice(0, room));
    if (items.length > room) {
      const { logger, name } = this.deps;
      logger.error({ writer: name, dropped: items.length - room }, 'too much waits to be written');
    }
    if (this.buffer.length > 0) this.schedule(writeAfterMs);
  }

  /** Writes what waits. False when the store refused it: then it is tried again later. */
  async flush(): Promise<boolean> {
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  /** Writes what is left. Called once, at the end. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.stopTimer?.();
    await this.flush();
    // Something may have been added while an earlier batch was under way.
    if (this.buffer.length > 0) await this.flush();
  }

  private schedule(delayMs: number): void {
    if (this.isClosed || this.stopTimer !== undefined) return;
    this.stopTimer = this.deps.clock.after(delayMs, () => {
      this.stopTimer = undefined;
      void this.flush().then((isDone) => {
        if (!isDone) this.schedule(retryAfterMs);
        else if (this.buffer.length > 0) this.schedule(writeAfterMs);
      });
    });
  }

  private async writeAll(): Promise<boolean> {
    const { logger, name, write } = this.deps;
    while (this.buffer.length > 0) {
      const batch = this.buffer.slice(0, maxBatch);
      try {
        await write(batch);
      } catch (error) {
        logger.warn(
          { err: error, writer: name, pending: this.buffer.length },
          'store not writable',
        );
        return false;
      }
      this.buffer = this.buffer.slice(batch.length);
    }
    return true;
  }
}
