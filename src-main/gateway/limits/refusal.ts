import type { LimitUse, UsageLimits } from '../../contract/limits.ts';
import { MillpondError } from '../../core/error.ts';
import type { LimitSubject } from './ports.ts';

export type LimitName = LimitUse['limit'];

/** Why a request was not let in. */
export interface Refusal {
  readonly subject: LimitSubject;
  readonly limit: LimitName;
  readonly allowed: number;
  /** Infinite where waiting does not help. */
  readonly waitMs: number;
  /** A quota or budget that is used up until its period ends. */
  readonly isUsedUp: boolean;
  /** A rate that counts as used after an end without warning, since nobody knows what was. */
  readonly isUnknown?: boolean;
  /** Tokens or micros that are left of it. */
  readonly left?: number;
}

/** The longest pause that is worth telling: nothing resets later than next month. */
const longestWaitMs = 32 * 24 * 60 * 60_000;

/** What the caller is told, with when to come back. */
export function refusalError(
  refusal: Refusal,
  headers: Readonly<Record<string, string>>,
): MillpondError {
  const waitMs = Math.min(Math.max(1, Math.ceil(refusal.waitMs)), longestWaitMs);
  const isFinal = refusal.isUsedUp || refusal.allowed === 0;
  return new MillpondError('rate-limited', sentence(refusal, waitMs), {
    retryAfterMs: waitMs,
    reason: isFinal ? 'insufficient_quota' : 'rate_limit_exceeded',
    headers: { ...headers, ...(isFinal && { 'x-should-retry': 'false' }) },
  });
}

function sentence(refusal: Refusal, waitMs: number): string {
  const { allowed } = refusal;
  const who = names[refusal.subject.kind](refusal.subject.id);
  if (allowed === 0) return `${who} may not ask anything: its limit is 0; ask who gave it out`;
  const what = amounts[refusal.limit](allowed);
  if (refusal.limit === 'concurrentRequests') {
    return `${who} may have ${what}; try again when one of them has ended`;
  }
  if (!refusal.isUsedUp) {
    if (refusal.isUnknown === true) {
      return `Millpond ended without warning and does not know how much of ${what} was used; try again in ${inWords(waitMs)}`;
    }
    const verb = refusal.limit === 'requestsPerMinute' ? 'make' : 'use';
    return `${who} may ${verb} ${what}; try again in ${inWords(waitMs)}`;
  }
  const left = Math.max(0, refusal.left ?? 0);
  const rest = left === 0 ? 'has used all of its' : `has ${count(refusal.limit, left)} left of`;
  const advice = left === 0 ? '' : 'ask for a shorter answer, or ';
  return `${who} ${rest} ${what}; ${advice}try again in ${inWords(waitMs)}`;
}

const names: Record<LimitSubject['kind'], (id: string) => string> = {
  key: () => 'This API key',
  person: () => 'Your account',
  model: (id) => `The model '${id}'`,
};

const amounts: Record<keyof UsageLimits, (allowed: number) => string> = {
  requestsPerMinute: (n) => `${n.toString()} ${n === 1 ? 'request' : 'requests'} a minute`,
  tokensPerMinute: (n) => `${n.toString()} tokens a minute`,
  concurrentRequests: (n) => `${n.toString()} ${n === 1 ? 'request' : 'requests'} at a time`,
  tokensPerDay: (n) => `${n.toString()} tokens a day`,
  tokensPerMonth: (n) => `${n.toString()} tokens a month`,
  spendMicrosPerDay: (n) => `${dollars(n)} a day`,
  spendMicrosPerMonth: (n) => `${dollars(n)} a month`,
};

function count(limit: LimitName, left: number): string {
  return limit.startsWith('spend') ? dollars(left) : left.toString();
}

function dollars(micros: number): string {
  return `$${(micros / 1_000_000).toFixed(micros % 10_000 === 0 ? 2 : 6)}`;
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 90) return seconds === 1 ? 'a second' : `${seconds.toString()} seconds`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 90) return `${minutes.toString()} minutes`;
  const hours = Math.ceil(minutes / 60);
  return hours <= 48 ? `${hours.toString()} hours` : `${Math.ceil(hours / 24).toString()} days`;
}
