import type { Clock } from '../../core/clock.ts';

/** Bytes that may come at once after a pause, in milliseconds of the rate. */
const burstMs = 250;
/** A new limit is noticed at least this often by whoever waits. */
const longestNapMs = 1_000;

/** One limit over all downloads: every arriving byte pays with time (a token bucket). */
export class Bandwidth {
  private readonly clock: Clock;
  private readonly bytesPerSecond: () => number;
  /** Everything up to here has been paid; monotonic milliseconds. */
  private paidUntil = 0;

  /** `bytesPerSecond` is asked each time; 0 means no limit. */
  constructor(clock: Clock, bytesPerSecond: () => number) {
    this.clock = clock;
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Undefined where nobody has to wait: the usual case costs nothing. */
  take(bytes: number, signal: AbortSignal): Promise<void> | undefined {
    const rate = this.bytesPerSecond();
    if (rate <= 0) return undefined;
    const now = this.clock.monotonic();
    this.paidUntil = Math.max(this.paidUntil, now - burstMs) + (bytes / rate) * 1000;
    return this.paidUntil > now ? this.wait(this.paidUntil, rate, signal) : undefined;
  }

  private async wait(until: number, rate: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const leftMs = until - this.clock.monotonic();
      if (leftMs <= 0) return;
      await this.clock.sleep(Math.min(leftMs, longestNapMs), signal);
      if (this.bytesPerSecond() === rate) continue;
      this.paidUntil = this.clock.monotonic();
      return;
    }
  }
}
