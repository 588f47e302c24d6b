import type { Clock } from '../../core/clock.ts';

/** Stands between the items of a watched stream: nothing came, but there is something to look at. */
export const nudged = Symbol('nudged');

export interface Watch {
  /** Ends the stream with its reason, also when the source has stalled and ignores it. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** When patience with the next item is over, by the monotonic clock; asked anew for each. */
  readonly dueAt: () => number;
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
export function watched<T>(
  source: AsyncIterable<T>,
  watch: Watch,
): AsyncIterableIterator<T | typeof nudged, void, undefined> {
  watch.signal.throwIfAborted();
  return new WatchedStream(source, watch);
}

type Result<T> = IteratorResult<T | typeof nudged, void>;

/** Every token passes here: an iterator by hand, with one timer for all of them. */
class WatchedStream<T> implements AsyncIterableIterator<T | typeof nudged, void, undefined> {
  private readonly watch: Watch;
  private readonly source: AsyncIterator<T>;
  private readonly stopNudges: (() => void) | undefined;
  private failure: { readonly reason: unknown } | undefined;
  private item: IteratorResult<T> | undefined;
  private isPulling = false;
  private isSourceOver = false;
  private reader: Pick<PromiseWithResolvers<Result<T>>, 'resolve' | 'reject'> | undefined;
  private alarm: { readonly at: number; readonly stop: () => void } | undefined;
  private readonly onAbort = (): void => {
    this.fail(this.watch.signal.reason);
  };

  constructor(source: AsyncIterable<T>, watch: Watch) {
    this.watch = watch;
    this.source = source[Symbol.asyncIterator]();
    watch.signal.addEventListener('abort', this.onAbort, { once: true });
    this.stopNudges = watch.onNudge?.(() => {
      this.wake();
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result<T>> {
    return new Promise((resolve, reject) => {
      this.reader = { resolve, reject };
      if (this.failure !== undefined || this.item !== undefined) {
        this.wake();
        return;
      }
      this.setAlarm();
      if (!this.isPulling) this.pull();
    });
  }

  return(): Promise<Result<T>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Answers whoever waits: a failure goes before an item, and both before a nudge. */
  private wake(): void {
    const { reader, failure, item } = this;
    this.reader = undefined;
    if (reader === undefined) return;
    if (failure !== undefined) {
      this.close();
      reader.reject(failure.reason);
    } else if (item === undefined) {
      reader.resolve({ done: false, value: nudged });
    } else if (item.done === true) {
      this.close();
      reader.resolve({ done: true, value: undefined });
    } else {
      this.item = undefined;
      reader.resolve(item);
    }
  }

  private close(): void {
    this.alarm?.stop();
    this.stopNudges?.();
    this.watch.signal.removeEventListener('abort', this.onAbort);
    if (this.isSourceOver) return;
    this.isSourceOver = true;
    // A stalled source answers `return` only after its pending `next`: nobody waits for that here.
    this.source.return?.().catch(() => undefined);
  }

  /** Most items come long before their time: the alarm of an earlier one is good for them too. */
  private setAlarm(): void {
    const { clock, dueAt } = this.watch;
    const at = dueAt();
    if (this.alarm !== undefined && this.alarm.at <= at) return;
    this.alarm?.stop();
    const stop = clock.after(at - clock.monotonic(), () => {
      this.alarm = undefined;
      if (this.reader !== undefined) this.rang();
    });
    this.alarm = { at, stop };
  }

  private rang(): void {
    const { clock, dueAt, onOverdue } = this.watch;
    if (clock.monotonic() < dueAt()) {
      this.setAlarm();
      return;
    }
    const overdue = onOverdue();
    if (overdue === undefined) this.wake();
    else this.fail(overdue);
  }

  private pull(): void {
    this.isPulling = true;
    this.source.next().then(
      (item) => {
        this.isPulling = false;
        this.isSourceOver = item.done === true;
        this.item = item;
        this.wake();
      },
      (reason: unknown) => {
        this.isSourceOver = true;
        this.fail(reason);
      },
    );
  }

  private fail(reason: unknown): void {
    this.failure ??= { reason };
    this.wake();
  }
}
