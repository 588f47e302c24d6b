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
  const { signal, clock } = watch;
  signal.throwIfAborted();
  const reader = source[Symbol.asyncIterator]();
  let item: IteratorResult<T> | undefined;
  const failures: unknown[] = [];
  let wake: () => void = () => {};
  let isPending = false;
  let isOver = false;
  const fail = (reason: unknown): void => {
    failures.push(reason);
    wake();
  };
  const onAbort = (): void => {
    fail(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const stopNudges = watch.onNudge?.(() => {
    wake();
  });
  const pull = (): void => {
    isPending = true;
    reader.next().then((next) => {
      item = next;
      wake();
    }, fail);
  };
  const something = (): Promise<void> =>
    new Promise((resolve) => {
      const stopTimer = clock.after(watch.patienceMs(), () => {
        const overdue = watch.onOverdue();
        if (overdue === undefined) wake();
        else fail(overdue);
      });
      wake = () => {
        stopTimer();
        resolve();
      };
    });
  try {
    for (;;) {
      const happened = something();
      if (!isPending) pull();
      await happened;
      wake = () => {};
      if (failures.length > 0) throw failures[0];
      if (item === undefined) {
        yield nudged;
        continue;
      }
      const { done, value } = item;
      item = undefined;
      isPending = false;
      if (done === true) {
        isOver = true;
        return;
      }
      yield value;
      if (failures.length > 0) throw failures[0];
    }
  } finally {
    wake();
    stopNudges?.();
    signal.removeEventListener('abort', onAbort);
    // A stalled source answers `return` only after its pending `next`: nobody waits for that here.
    if (!isOver) reader.return?.().catch(() => undefined);
  }
}
