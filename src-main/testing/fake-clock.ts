import type { Clock } from '../core/clock.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time that moves only when a test says so. */
export interface FakeClock extends Clock {
  /**
   * Moves time forward, running what falls due in order. Between two timers everything that is
   * already under way (promises, messages) gets its turn.
   */
  advance(ms: number): Promise<void>;
  /** How many timers and sleeps are waiting. */
  readonly waiting: number;
}

export function createFakeClock(startMs = 1_700_000_000_000): FakeClock {
  let elapsed = 0;
  const timers = new Set<Timer>();

  function after(ms: number, run: () => void): () => void {
    const timer = { at: elapsed + Math.max(0, ms), run };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        cancel();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the caller aborted with
        reject(signal?.reason);
      };
      const cancel = after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  async function advance(ms: number): Promise<void> {
    const end = elapsed + ms;
    await settle();
    for (;;) {
      const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      timers.delete(due);
      elapsed = Math.max(elapsed, due.at);
      due.run();
      await settle();
    }
    elapsed = end;
  }

  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    sleep,
    after,
    advance,
    get waiting() {
      return timers.size;
    },
  };
}

/** Lets everything that needs no time happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
