import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Period } from './calendar.ts';
import type { QuotaBook, QuotaStore } from './ports.ts';

/** A block is such a part of what is allowed: what a crash forfeits at most, besides what runs. */
const blocksPerQuota = 20;
const retryMs = 5000;

export interface AccountDeps {
  readonly store: QuotaStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Part of an account that a running request has to itself. */
export interface Hold {
  readonly account: QuotaAccount;
  amount: number;
}

/** How a request for a part of an account ended. */
export type HoldResult =
  | Hold
  /** `held`: what is missing is reserved by requests that run, and may come back. */
  | { readonly refused: 'used-up' | 'held'; readonly left: number };

/**
 * One day's or month's quota or budget of one subject. Takes blocks from the store ahead of use and hands
 * them out from memory, so that most requests wait for nobody. What the store counts is never less than
 * what was used, up to the tokens of a request that took more than it had reserved.
 */
export class QuotaAccount {
  readonly period: Period;
  readonly book: QuotaBook;
  private readonly deps: AccountDeps;
  /** All that is taken from the quota, by everybody; undefined until the store has answered. */
  private taken: number | undefined;
  /** What of it this gateway has and nobody uses. */
  private free = 0;
  /** What of it running requests hold. */
  private held = 0;
  /** What requests wait for a lease to have. */
  private awaited = 0;
  /** Used beyond the lease, and not yet written. */
  private debt = 0;
  private leasing: Promise<void> | undefined;
  /** Calls of the store happen one after the other, so that their sums agree. */
  private calls: Promise<void> = Promise.resolve();
  private isRetired = false;
  private isTold = false;

  constructor(deps: AccountDeps, book: QuotaBook, period: Period) {
    this.deps = deps;
    this.book = book;
    this.period = period;
  }

  /** What was used and is reserved; undefined before the store has answered. */
  get committed(): number | undefined {
    return this.taken === undefined ? undefined : this.taken - this.free;
  }

  /** What was used and is certain. */
  get spent(): number {
    return (this.committed ?? 0) - this.held;
  }

  get isBusy(): boolean {
    return this.held > 0 || this.awaited > 0;
  }

  /**
   * Sets so much aside, at least `least` of it when nobody else holds anything. Answers at once unless a
   * block has to be fetched; rejects with `unavailable` when that fails.
   */
  hold(want: Want, allowed: number): HoldResult | Promise<HoldResult> {
    return this.tryHold(want, allowed) ?? this.holdLater(want, allowed);
  }

  /** A running request needs more than it set aside. */
  grow(hold: Hold, by: number): void {
    hold.amount += by;
    this.held += by;
    this.free -= by;
    this.coverDebt();
  }

  /** The request has ended and used so much. */
  settle(hold: Hold, used: number): void {
    this.held -= hold.amount;
    this.free += hold.amount - used;
    hold.amount = 0;
    this.coverDebt();
    if (this.isRetired && !this.isBusy) void this.giveBack();
  }

  /** True once, for the first who asks in this period, on whatever gateway and after whatever restart. */
  async tellOnce(): Promise<boolean> {
    if (this.isTold) return false;
    this.isTold = true;
    try {
      await this.calls;
      return await this.deps.store.tell(this.book);
    } catch (error) {
      this.isTold = false;
      throw error;
    }
  }

  /** Its time is over: what is left of it goes back as soon as nobody holds anything. */
  retire(): void {
    this.isRetired = true;
    if (!this.isBusy) void this.giveBack();
  }

  /** Returns what is free to the store. Resolves when everything was written, or could not be. */
  async giveBack(): Promise<void> {
    await this.calls;
    const back = this.free;
    if (back > 0 && this.taken !== undefined) {
      this.free = 0;
      this.taken -= back;
      this.write(-back);
    }
    await this.calls;
  }

  private tryHold({ amount, least }: Want, allowed: number): HoldResult | undefined {
    if (this.taken === undefined) return undefined;
    const left = allowed - this.taken + this.free;
    const fits = amount <= left ? amount : least;
    const isAlone = this.held === 0;
    if (fits > left || left <= 0 || (amount > left && !isAlone)) {
      const leftLater = left + this.held;
      return { refused: !isAlone && least <= leftLater ? 'held' : 'used-up', left };
    }
    const granted = Math.min(amount, left);
    if (this.free < granted) return undefined;
    this.free -= granted;
    this.held += granted;
    if (this.free < blockOf(allowed) / 2 && this.taken < allowed) this.leaseAhead(allowed);
    return { account: this, amount: granted };
  }

  private async holdLater(want: Want, allowed: number): Promise<HoldResult> {
    this.awaited += want.amount;
    try {
      for (;;) {
        await this.lease(allowed);
        const result = this.tryHold(want, allowed);
        if (result !== undefined) return result;
      }
    } catch (error) {
      this.deps.logger.warn(
        { err: error, subject: this.book.subject },
        'quota could not be leased',
      );
      throw new MillpondError(
        'unavailable',
        'The gateway cannot read or write what is left of this quota; try again in a moment',
        { cause: error, reason: 'quota-unknown', retryAfterMs: retryMs },
      );
    } finally {
      this.awaited -= want.amount;
    }
  }

  private leaseAhead(allowed: number): void {
    this.lease(allowed).catch((error: unknown) => {
      this.deps.logger.warn(
        { err: error, subject: this.book.subject },
        'quota could not be leased',
      );
    });
  }

  /** One at a time; whoever comes meanwhile waits for the one under way. */
  private lease(allowed: number): Promise<void> {
    this.leasing ??= this.call(() => this.fetch(allowed)).finally(() => {
      this.leasing = undefined;
    });
    return this.leasing;
  }

  private call(work: () => Promise<void>): Promise<void> {
    const done = this.calls.then(work);
    this.calls = done.catch(() => undefined);
    return done;
  }

  private async fetch(allowed: number): Promise<void> {
    const wanted = Math.max(0, this.awaited - this.free) + blockOf(allowed);
    const { granted, taken } = await this.deps.store.lease(this.book, wanted, allowed);
    this.taken = taken + this.debt;
    this.free += granted;
  }

  /** More was used than the lease holds: that is taken too, whether or not it is allowed. */
  private coverDebt(): void {
    if (this.free >= 0) return;
    const by = -this.free;
    this.free = 0;
    this.taken = (this.taken ?? 0) + by;
    this.write(by);
  }

  private write(by: number): void {
    this.debt += by;
    void this.call(() => this.payDebt());
  }

  private async payDebt(): Promise<void> {
    const amount = this.debt;
    if (amount === 0) return;
    try {
      await this.deps.store.adjust(this.book, amount);
      this.debt -= amount;
    } catch (error) {
      this.deps.logger.warn({ err: error, subject: this.book.subject }, 'use is not written yet');
      this.deps.clock.after(retryMs, () => void this.call(() => this.payDebt()));
    }
  }
}

/** What a request may need of an account. */
export interface Want {
  readonly amount: number;
  /** Enough to begin with, where nobody else holds anything and not all of it is left. */
  readonly least: number;
}

function blockOf(allowed: number): number {
  return Math.max(1, Math.ceil(allowed / blocksPerQuota));
}
