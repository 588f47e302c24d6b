import type { Clock } from '../../core/clock.ts';

/** How many messages one connection may send: a steady rate and what may come at once. */
export interface MessageRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A bucket of allowed messages that refills with time. */
export class MessageBudget {
  private readonly clock: Clock;
  private readonly rate: MessageRate;
  private left: number;
  private refilledAt: number;

  constructor(clock: Clock, rate: MessageRate) {
    this.clock = clock;
    this.rate = rate;
    this.left = rate.burst;
    this.refilledAt = clock.monotonic();
  }

  /** Whether one more message is within the budget. */
  take(): boolean {
    const now = this.clock.monotonic();
    const refill = ((now - this.refilledAt) / 1000) * this.rate.perSecond;
    this.left = Math.min(this.rate.burst, this.left + refill);
    this.refilledAt = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
