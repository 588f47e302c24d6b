import type { Clock } from '../../core/clock.ts';

/** Calls once, at the earliest of the moments that it was set to since it last rang or was stopped. */
export class Alarm {
  private readonly clock: Clock;
  private readonly ring: () => void;
  /** On the monotonic clock. */
  private at = Infinity;
  private cancel: () => void = () => {};

  constructor(clock: Clock, ring: () => void) {
    this.clock = clock;
    this.ring = ring;
  }

  /** Rings in `ms` milliseconds at the latest. */
  within(ms: number): void {
    const at = this.clock.monotonic() + ms;
    if (at >= this.at) return;
    this.cancel();
    this.at = at;
    this.cancel = this.clock.after(ms, () => {
      this.at = Infinity;
      this.ring();
    });
  }

  stop(): void {
    this.cancel();
    this.at = Infinity;
  }
}
