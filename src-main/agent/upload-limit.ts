import type { Clock } from '../core/clock.ts';

/** How much may go out at once after a pause: this much time's worth. */
const burstMs = 500;
/** The rate that is shown is the average of so long. */
const windowMs = 5000;

/**
 * A token bucket that all answers for others share. A piece bigger than the bucket passes once it is
 * full and leaves a debt behind, so that no size is stuck for ever.
 */
export class UploadLimit {
  private readonly clock: Clock;
  private readonly bytesPerSecond: () => number;
  private readonly sent: { readonly at: number; readonly bytes: number }[] = [];
  private credit = 0;
  private filledAt: number;
  /** Takers pass one after another, in the order in which they came. */
  private tail: Promise<void> = Promise.resolve();

  /** `bytesPerSecond` 0: no limit. */
  constructor(clock: Clock, bytesPerSecond: () => number) {
    this.clock = clock;
    this.bytesPerSecond = bytesPerSecond;
    this.filledAt = clock.monotonic();
  }

  /** Resolves when `bytes` may leave; rejects with the signal's reason. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.bytesPerSecond() <= 0) {
      this.note(bytes);
      return;
    }
    const turn = this.tail.then(() => this.pass(bytes, signal));
    this.tail = turn.catch(() => undefined); // Its own caller hears why.
    await turn;
  }

  /** Bytes a second that left lately. */
  rate(): number {
    this.forget();
    return (this.sent.reduce((sum, { bytes }) => sum + bytes, 0) / windowMs) * 1000;
  }

  private async pass(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (;;) {
      const rate = this.bytesPerSecond();
      if (rate <= 0) break;
      const full = (rate * burstMs) / 1000;
      this.fill(rate, full);
      const missing = Math.min(bytes, full) - this.credit;
      if (missing <= 0) break;
      await this.clock.sleep((missing / rate) * 1000 + 1, signal);
    }
    this.credit -= bytes;
    this.note(bytes);
  }

  private fill(rate: number, full: number): void {
    const now = this.clock.monotonic();
    this.credit = Math.min(full, this.credit + ((now - this.filledAt) * rate) / 1000);
    this.filledAt = now;
  }

  private note(bytes: number): void {
    const at = this.clock.monotonic();
    const last = this.sent.at(-1);
    // One entry for each tenth of a second bounds the list.
    if (last !== undefined && at - last.at < 100) {
      this.sent[this.sent.length - 1] = { at: last.at, bytes: last.bytes + bytes };
    } else {
      this.sent.push({ at, bytes });
    }
    this.forget();
  }

  private forget(): void {
    const oldest = this.clock.monotonic() - windowMs;
    while ((this.sent[0]?.at ?? Infinity) < oldest) this.sent.shift();
  }
}
