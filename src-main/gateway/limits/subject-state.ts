import type { UsageLimits } from '../../contract/limits.ts';
import type { Clock } from '../../core/clock.ts';
import { dayAt, isIn, monthAt } from './calendar.ts';
import type { Period } from './calendar.ts';
import type { LimitSubject, QuotaUnit } from './ports.ts';
import { QuotaAccount } from './quota-account.ts';
import type { AccountDeps } from './quota-account.ts';
import { SlidingRate } from './sliding-rate.ts';

/** Limits that are kept in accounts by day or month. */
export const quotaLimits = {
  tokensPerDay: { unit: 'tokens', periodAt: dayAt },
  tokensPerMonth: { unit: 'tokens', periodAt: monthAt },
  spendMicrosPerDay: { unit: 'micros', periodAt: dayAt },
  spendMicrosPerMonth: { unit: 'micros', periodAt: monthAt },
} as const satisfies Partial<
  Record<keyof UsageLimits, { unit: QuotaUnit; periodAt: (at: number) => Period }>
>;
export type QuotaLimit = keyof typeof quotaLimits;

/** How much one key, person or model uses at the moment. */
export class SubjectState {
  readonly subject: LimitSubject;
  readonly requests = new SlidingRate();
  readonly tokens = new SlidingRate();
  /** Until when its rates count as used, whatever it asked; on the clock's monotonic time. */
  spentUntil = 0;
  /** Requests that run, whatever is limited. */
  running = 0;
  private readonly deps: AccountDeps;
  private readonly accounts = new Map<QuotaLimit, QuotaAccount>();

  constructor(subject: LimitSubject, deps: AccountDeps) {
    this.subject = subject;
    this.deps = deps;
  }

  /** The account of this day or month. */
  account(limit: QuotaLimit): QuotaAccount {
    const now = this.deps.clock.now();
    const known = this.accounts.get(limit);
    if (known !== undefined && isIn(known.period, now)) return known;
    known?.retire();
    const { unit, periodAt } = quotaLimits[limit];
    const period = periodAt(now);
    const book = { subject: subjectKey(this.subject), unit, period: period.name };
    const account = new QuotaAccount(this.deps, book, period);
    this.accounts.set(limit, account);
    return account;
  }

  /** The account of this day or month, where there is one by now. */
  knownAccount(limit: QuotaLimit): QuotaAccount | undefined {
    const known = this.accounts.get(limit);
    return known !== undefined && isIn(known.period, this.deps.clock.now()) ? known : undefined;
  }

  openAccounts(): readonly QuotaAccount[] {
    return [...this.accounts.values()];
  }

  /** As if it had never asked. */
  isIdle(clock: Clock): boolean {
    const now = clock.monotonic();
    const isQuiet = this.running === 0 && this.requests.used(now) + this.tokens.used(now) === 0;
    return isQuiet && [...this.accounts.values()].every((account) => !account.isBusy);
  }

  /** Leaves its blocks to whoever comes next. */
  async giveBack(): Promise<void> {
    await Promise.all([...this.accounts.values()].map((account) => account.giveBack()));
  }
}

export function subjectKey({ kind, id }: LimitSubject): string {
  return `${kind}:${id}`;
}
