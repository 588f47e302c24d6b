import type { Clock } from '../../core/clock.ts';

/** Stands between the items of a watched stream: nothing came, but there is something to look at. */
export const nudged = Symbol('nudged');

export interface Watch {
  /** Ends the stream with its reason, also when the source has stalled and ignores it. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** How many milliseconds the next item may take; asked anew each time that one is waited for. */
  readonly patienceMs: () => number;
  /** Patience is over: the failure that ends the stream, or undefined to go on waiting. */
  readonly onOverdue: () => Error | undefined;
  /** Subscribes to what makes `nudged` come; returns how to end that. */
  readonly onNudge?: (nudge: () => void) => () => void;
}

/**
 * Passes a stream on until it ends, the signal aborts or patience is over, whichever is first. Time
 * counts only while the source is waited for: a slow reader is not the source's fault. The source is
 * closed in every case, without being waited for.
 */
export async function* watched<T>(
  source: AsyncIterable<T>,
  watch: Watch,
): AsyncGenerator<T | typeof nudged, void, undefined> {
  watch.signal.throwIfAborted();
  const watcher = new Watcher(source, watch);
  try {
    for (;;) {
      const item = await watcher.next();
      if (item === nudged) {
        yield nudged;
        continue;
      }
      if (item.done === true) return;
      yield item.value;
    }
  } finally {
    watcher.close();
  }
}

class Watcher<T> {
  private readonly watch: Watch;
  private readonly reader: AsyncIterator<T>;
  private readonly stopNudges: (() => void) | undefined;
  private readonly failures: unknown[] = [];
  private item: IteratorResult<T> | undefined;
  private isPending = false;
  private isOver = false;
  private wake: () => void = () => {};
  private readonly onAbort = (): void => {
    this.fail(this.watch.signal.reason);
  };

  constructor(source: AsyncIterable<T>, watch: Watch) {
    this.watch = watch;
    this.reader = source[Symbol.asyncIterator]();
    watch.signal.addEventListener('abort', this.onAbort, { once: true });
    this.stopNudges = watch.onNudge?.(() => {
      this.wake();
    });
  }

  async next(): Promise<IteratorResult<T> | typeof nudged> {
    if (this.failures.length > 0) throw this.failures[0];
    await this.something();
    this.wake = () => {};
    if (this.failures.length > 0) throw this.failures[0];
    const { item } = this;
    if (item === undefined) return nudged;
    this.item = undefined;
    this.isPending = false;
    this.isOver = item.done === true;
    return item;
  }

  close(): void {
    this.wake();
    this.stopNudges?.();
    this.watch.signal.removeEventListener('abort', this.onAbort);
    // A stalled source answers `return` only after its pending `next`: nobody waits for that here.
    if (!this.isOver) this.reader.return?.().catch(() => undefined);
  }

  /** Resolves when an item, a failure or a nudge is there, or patience is over. */
  private something(): Promise<void> {
    const { clock, patienceMs, onOverdue } = this.watch;
    return new Promise((resolve) => {
      const stopTimer = clock.after(patienceMs(), () => {
        const overdue = onOverdue();
        if (overdue === undefined) this.wake();
        else this.fail(overdue);
      });
      this.wake = () => {
        stopTimer();
        resolve();
      };
      if (!this.isPending) this.pull();
    });
  }

  private pull(): void {
    this.isPending = true;
    this.reader.next().then(
      (item) => {
        this.item = item;
        this.wake();
      },
      (reason: unknown) => {
        this.isOver = true;
        this.fail(reason);
      },
    );
  }

  private fail(reason: unknown): void {
    this.failures.push(reason);
    this.wake();
  }
}
