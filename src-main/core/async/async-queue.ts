interface AsyncQueueOptions {
  readonly signal?: AbortSignal;
  /** Called once when the reader leaves or the queue was drained. */
  readonly onReturn?: () => void;
}

/**
 * A bounded hand-over between one pushing source and one pulling reader.
 *
 * `push` resolves once there is room, so a slow reader slows the source down. Leaving the reader's
 * loop early calls `onReturn`, so nothing keeps running unread. An aborted `signal` ends the queue
 * at once, even when the source has stalled.
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  private readonly capacity: number;
  private readonly options: AsyncQueueOptions;
  private readonly items: T[] = [];
  private ended = false;
  private failure: unknown;
  private wakeReader: () => void = () => {};
  /** Pushes that wait for room, oldest first. */
  private readonly writers: (() => void)[] = [];
  private readonly onAbort = (): void => {
    this.items.length = 0;
    this.end(this.options.signal?.reason);
  };

  constructor(capacity: number, options: AsyncQueueOptions = {}) {
    this.capacity = capacity;
    this.options = options;
    if (options.signal?.aborted) this.onAbort();
    else options.signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Whether `push` would wait now. */
  get isFull(): boolean {
    return this.items.length >= this.capacity && !this.ended;
  }

  async push(item: T): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => this.writers.push(resolve));
    }
    this.offer(item);
  }

  /** Adds without waiting, beyond the capacity if need be: for sources that cannot pause. */
  offer(item: T): void {
    if (this.ended) return;
    this.items.push(item);
    this.wakeReader();
  }

  /** No more items. What was pushed before is still delivered, then `failure` is thrown if given. */
  end(failure?: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = failure;
    this.options.signal?.removeEventListener('abort', this.onAbort);
    this.wakeReader();
    for (const wake of this.writers.splice(0)) wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        if (this.items.length > 0) {
          const item = this.items.shift() as T;
          this.writers.shift()?.();
          yield item;
        } else if (!this.ended) {
          await new Promise<void>((resolve) => {
            this.wakeReader = resolve;
          });
        } else {
          if (this.failure !== undefined) throw this.failure as Error;
          return;
        }
      }
    } finally {
      this.end();
      this.options.onReturn?.();
    }
  }
}
