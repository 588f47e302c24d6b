import type { Clock } from '../../core/clock.ts';
import type { AnswerStatus } from '../../core/inference.ts';

/** How long one request may stand in the line of one model. */
export class LineLimit {
  private readonly clock: Clock;
  private readonly limitMs: number;
  private readonly onExceeded: () => void;
  private since: number | undefined;
  private stopTimer: () => void = () => {};
  isExceeded = false;

  /** `limitMs` undefined: however long it takes. `onExceeded` is called once at most. */
  constructor(clock: Clock, limitMs: number | undefined, onExceeded: () => void) {
    this.clock = clock;
    this.limitMs = limitMs ?? Infinity;
    this.onExceeded = onExceeded;
  }

  /** News of the request: a place in line, or something that shows that it has left the line. */
  note(status: AnswerStatus): void {
    if (status.phase !== 'queued') {
      this.left();
      return;
    }
    if (this.limitMs === Infinity) return;
    const now = this.clock.monotonic();
    if (this.since === undefined) {
      this.since = now;
      this.stopTimer = this.clock.after(this.limitMs, () => {
        this.exceed();
      });
    }
    const expectedMs = now - this.since + (status.etaMs ?? 0);
    if (this.limitMs === 0 || expectedMs > this.limitMs) this.exceed();
  }

  /** It is in no line now. It may come into another one: that of whoever was given it. */
  left(): void {
    this.stopTimer();
    this.stopTimer = () => {};
    this.since = undefined;
  }

  private exceed(): void {
    this.left();
    if (this.isExceeded) return;
    this.isExceeded = true;
    this.onExceeded();
  }
}
