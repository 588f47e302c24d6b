const windowMs = 60_000;
/** What comes within so short a time is counted as if all of it had come at its end. */
const grainMs = 250;

/** What was admitted at about one moment. Belongs to the rate that made it. */
export interface RateSpan {
  readonly firstAt: number;
  lastAt: number;
  amount: number;
  /** Older than a minute: nothing of it counts any more. */
  isOver: boolean;
}

/** As it is kept across a stop. */
export type SpanRecord = [ageMs: number, amount: number];

/**
 * What was admitted in the last minute, whichever minute that is. Stricter than a leaky bucket of the
 * same size (GCRA), which lets nearly twice as much through in its first minute: all of its burst, and
 * what flows back meanwhile. Times are monotonic milliseconds; at most a few hundred spans are kept.
 */
export class SlidingRate {
  private spans: RateSpan[] = [];
  private sum = 0;

  /** What counts now. */
  used(now: number): number {
    this.forget(now);
    return this.sum;
  }

  /** How long until so much more fits; 0 when it does. Infinite where it never will. */
  waitMs(amount: number, allowed: number, now: number): number {
    this.forget(now);
    let over = this.sum + amount - allowed;
    if (over <= 0) return 0;
    for (const span of this.spans) {
      over -= span.amount;
      if (over <= 0) return span.lastAt + windowMs - now;
    }
    return Infinity;
  }

  /** How long until nothing counts any more. */
  resetMs(now: number): number {
    this.forget(now);
    const last = this.spans.at(-1);
    return last === undefined ? 0 : last.lastAt + windowMs - now;
  }

  add(amount: number, now: number): RateSpan {
    this.forget(now);
    this.sum += amount;
    const last = this.spans.at(-1);
    if (last !== undefined && now - last.firstAt < grainMs) {
      last.lastAt = now;
      last.amount += amount;
      return last;
    }
    const span = { firstAt: now, lastAt: now, amount, isOver: false };
    this.spans.push(span);
    return span;
  }

  /** Adds to what was admitted then, or (negative) takes back. Does nothing after its minute. */
  change(span: RateSpan, by: number): void {
    if (span.isOver) return;
    const change = Math.max(by, -span.amount);
    span.amount += change;
    this.sum += change;
  }

  /** Age and amount of what counts, for after a restart. */
  snapshot(now: number): readonly SpanRecord[] {
    this.forget(now);
    return this.spans
      .filter(({ amount }) => amount > 0)
      .map(({ lastAt, amount }) => [now - lastAt, amount]);
  }

  /** Goes on from a snapshot, oldest first, that was taken so long ago. */
  restore(snapshot: readonly SpanRecord[], elapsedMs: number, now: number): void {
    for (const [ageMs, amount] of snapshot) this.add(amount, now - ageMs - elapsedMs);
    this.forget(now);
  }

  private forget(now: number): void {
    let gone = 0;
    for (const span of this.spans) {
      if (now - span.lastAt < windowMs) break;
      span.isOver = true;
      this.sum -= span.amount;
      gone += 1;
    }
    if (gone > 0) this.spans = this.spans.slice(gone);
  }
}
