import type { Clock } from '../core/clock.ts';
import { systemClock } from '../platform/system-clock.ts';

interface Timer {
  /** On this clock. */
  readonly due: number;
  readonly run: () => void;
  disarm: () => void;
}

/**
 * The computer's time until it is told to hurry: then what takes half a minute is over in seconds, in
 * real processes over real connections.
 */
export class HurriedClock implements Clock {
  private rate = 1;
  private readonly startedAt: number;
  /** Times of this clock and of the computer's that belong together. */
  private anchor = { own: 0, real: systemClock.monotonic() };
  private readonly timers = new Set<Timer>();

  /** `aheadMs`: its date is so far ahead of the computer's; behind it when negative. */
  constructor({ aheadMs = 0 }: { readonly aheadMs?: number | undefined } = {}) {
    this.startedAt = systemClock.now() + aheadMs;
  }

  /** From now on so many seconds pass in each real one, for those who wait already too. */
  hurry(rate: number): void {
    this.anchor = { own: this.monotonic(), real: systemClock.monotonic() };
    this.rate = rate;
    for (const timer of this.timers) {
      timer.disarm();
      this.arm(timer);
    }
  }

  now(): number {
    return Math.round(this.startedAt + this.monotonic());
  }

  monotonic(): number {
    return this.anchor.own + (systemClock.monotonic() - this.anchor.real) * this.rate;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      const abort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  after(ms: number, run: () => void): () => void {
    const timer: Timer = { due: this.monotonic() + ms, run, disarm: () => {} };
    this.timers.add(timer);
    this.arm(timer);
    return () => {
      this.timers.delete(timer);
      timer.disarm();
    };
  }

  private arm(timer: Timer): void {
    const realMs = Math.max(0, (timer.due - this.monotonic()) / this.rate);
    timer.disarm = systemClock.after(realMs, () => {
      this.timers.delete(timer);
      timer.run();
    });
  }
}
