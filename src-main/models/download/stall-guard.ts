import type { Clock } from '../../core/clock.ts';

/** Notices a connection that has gone quiet. */
export class StallGuard {
  private readonly clock: Clock;
  private readonly stallMs: number;
  private readonly onStall: () => void;
  private lastAt: number;
  private holds = 0;
  private cancel: () => void;

  constructor(clock: Clock, stallMs: number, onStall: () => void) {
    this.clock = clock;
    this.stallMs = stallMs;
    this.onStall = onStall;
    this.lastAt = clock.monotonic();
    this.cancel = clock.after(stallMs, () => {
      this.look();
    });
  }

  /** Something arrived. */
  touch(): void {
    this.lastAt = this.clock.monotonic();
  }

  /** While we ourselves are busy, silence is nobody's fault. */
  async hold(busy: Promise<void>): Promise<void> {
    this.holds += 1;
    try {
      await busy;
    } finally {
      this.holds -= 1;
      this.touch();
    }
  }

  stop(): void {
    this.cancel();
  }

  private look(): void {
    if (this.holds > 0) this.touch();
    const leftMs = this.stallMs - (this.clock.monotonic() - this.lastAt);
    if (leftMs <= 0) {
      this.onStall();
      return;
    }
    this.cancel = this.clock.after(leftMs, () => {
      this.look();
    });
  }
}
