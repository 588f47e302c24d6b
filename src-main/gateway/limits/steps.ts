import type { UsageLimits } from '../../contract/limits.ts';
import type { Clock } from '../../core/clock.ts';
import type { Hold } from './quota-account.ts';
import type { LimitName, Refusal } from './refusal.ts';
import type { RateSpan } from './sliding-rate.ts';
import { quotaLimits } from './subject-state.ts';
import type { QuotaLimit, SubjectState } from './subject-state.ts';

/** A subject together with what it may use. */
export interface Limited {
  readonly state: SubjectState;
  readonly limits: UsageLimits;
}

/** What a request may take at most, and with how much of it it could begin. */
export interface Wanted {
  readonly promptTokens: number;
  readonly tokens: number;
  readonly leastMicros: number;
  readonly micros: number;
  /** Its length is bounded by nobody: it begins with what is left. */
  readonly isUnbounded: boolean;
}

/** What a request took in the end. */
export interface Used {
  readonly requests: 0 | 1;
  readonly tokens: number;
  readonly micros: number;
}

export const usedNothing: Used = { requests: 0, tokens: 0, micros: 0 };

/** One thing that was set aside for a request. */
export interface Taking {
  settle(used: Used): void;
  /** Sets more aside for a request that takes more than it wanted. */
  grow?(by: { readonly tokens: number; readonly micros: number }): void;
}

export type StepResult = Taking | Refusal | undefined | Promise<Taking | Refusal>;

/** Sets one thing aside; undefined where it is not limited. */
export type Step = (limited: Limited, wanted: Wanted, clock: Clock) => StepResult;

const busyRetryMs = 1000;

/** Counts requests even where they are unlimited: whoever is alone may begin with what is left. */
const concurrency: Step = ({ state, limits }) => {
  const allowed = limits.concurrentRequests;
  if (allowed !== undefined && state.running >= allowed) {
    return refuse(state, 'concurrentRequests', allowed, busyRetryMs);
  }
  state.running += 1;
  return {
    settle: () => {
      state.running -= 1;
    },
  };
};

const requests: Step = ({ state, limits }, _wanted, clock) => {
  const allowed = limits.requestsPerMinute;
  if (allowed === undefined) return undefined;
  const now = clock.monotonic();
  const waitMs = state.requests.waitMs(1, allowed, now);
  if (waitMs > 0) {
    return {
      ...refuse(state, 'requestsPerMinute', allowed, waitMs),
      isUnknown: now < state.spentUntil,
    };
  }
  const span = state.requests.add(1, now);
  return {
    settle: (used) => {
      if (used.requests === 0) state.requests.change(span, -1);
    },
  };
};

const tokens: Step = ({ state, limits }, wanted, clock) => {
  const allowed = limits.tokensPerMinute;
  if (allowed === undefined) return undefined;
  const now = clock.monotonic();
  const left = allowed - state.tokens.used(now);
  const mayBeginWithLess = wanted.isUnbounded || wanted.tokens > allowed;
  const isAlone = state.running === 1;
  const canBegin = mayBeginWithLess && isAlone && left > 0 && left >= leastTokens(wanted, allowed);
  if (wanted.tokens > left && !canBegin) {
    const needed = mayBeginWithLess ? leastTokens(wanted, allowed) : wanted.tokens;
    const waitMs = state.tokens.waitMs(Math.max(1, needed), allowed, now);
    const refusal = refuse(state, 'tokensPerMinute', allowed, Math.max(waitMs, busyRetryMs));
    return { ...refusal, isUnknown: now < state.spentUntil };
  }
  const amount = Math.min(wanted.tokens, left);
  return new TokenTaking(state, state.tokens.add(amount, now), amount);
};

/** A prompt that is longer than a minute's tokens waits for an empty minute. */
function leastTokens({ promptTokens }: Wanted, allowed: number): number {
  return Math.min(Math.max(1, promptTokens), allowed);
}

class TokenTaking implements Taking {
  private readonly state: SubjectState;
  private readonly span: RateSpan;
  private amount: number;

  constructor(state: SubjectState, span: RateSpan, amount: number) {
    this.state = state;
    this.span = span;
    this.amount = amount;
  }

  grow(by: { readonly tokens: number }): void {
    this.amount += by.tokens;
    this.state.tokens.change(this.span, by.tokens);
  }

  settle(used: Used): void {
    this.state.tokens.change(this.span, used.tokens - this.amount);
  }
}

class QuotaTaking implements Taking {
  private readonly hold: Hold;
  private readonly isMoney: boolean;
  private readonly onSettled: () => void;

  constructor(hold: Hold, isMoney: boolean, onSettled: () => void) {
    this.hold = hold;
    this.isMoney = isMoney;
    this.onSettled = onSettled;
  }

  grow(by: { readonly tokens: number; readonly micros: number }): void {
    this.hold.account.grow(this.hold, this.isMoney ? by.micros : by.tokens);
  }

  settle({ tokens: usedTokens, micros }: Used): void {
    this.hold.account.settle(this.hold, this.isMoney ? micros : usedTokens);
    this.onSettled();
  }
}

/** Called with an account that was used, to see whether people should be told. */
export type OnSpent = (limited: Limited, limit: QuotaLimit) => void;

function quota(limit: QuotaLimit, onSpent: OnSpent): Step {
  const isMoney = quotaLimits[limit].unit === 'micros';
  return (limited, wanted, clock) => {
    const { state, limits } = limited;
    const allowed = limits[limit];
    if (allowed === undefined) return undefined;
    const amount = isMoney ? wanted.micros : wanted.tokens;
    const begin = isMoney ? wanted.leastMicros : Math.max(1, wanted.promptTokens);
    const mayBeginWithLess = wanted.isUnbounded || amount > allowed;
    const account = state.account(limit);
    // What costs nothing is not refused for want of money.
    if (isMoney && amount === 0) {
      return new QuotaTaking({ account, amount }, isMoney, () => {
        onSpent(limited, limit);
      });
    }
    const understand = (result: Awaited<ReturnType<typeof account.hold>>): Taking | Refusal => {
      if (!('refused' in result)) {
        return new QuotaTaking(result, isMoney, () => {
          onSpent(limited, limit);
        });
      }
      if (result.refused === 'held') return refuse(state, limit, allowed, busyRetryMs);
      const waitMs = account.period.endsAt - clock.now();
      return { ...refuse(state, limit, allowed, waitMs), isUsedUp: true, left: result.left };
    };
    const least = mayBeginWithLess ? Math.min(begin, amount) : amount;
    const result = account.hold({ amount, least }, allowed);
    return result instanceof Promise ? result.then(understand) : understand(result);
  };
}

function refuse(state: SubjectState, limit: LimitName, allowed: number, waitMs: number): Refusal {
  return { subject: state.subject, limit, allowed, waitMs, isUsedUp: false };
}

/** In the order in which they are taken: what is given back most cheaply first. */
export function createSteps(onSpent: OnSpent): readonly Step[] {
  return [
    ...[concurrency, requests, tokens],
    quota('tokensPerDay', onSpent),
    quota('tokensPerMonth', onSpent),
    quota('spendMicrosPerDay', onSpent),
    quota('spendMicrosPerMonth', onSpent),
  ];
}
