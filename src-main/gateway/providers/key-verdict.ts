import type { MillpondError } from '../../core/error.ts';
import { spentReasons } from '../../dialects/spent-key.ts';
import type { KeyState } from './ports.ts';

const minuteMs = 60_000;
/** How long a key is left alone when its provider did not say. */
const usualMs = {
  cooling: 10_000,
  exhausted: 30 * minuteMs,
  refused: 30 * minuteMs,
} as const;
/** A provider that says *at once* has just refused. */
const shortestMs = 1000;
/** A provider that says more than this is asked again nevertheless. */
const longestMs = 31 * 24 * 60 * minuteMs;

/** What a failure says about the key that the request was sent with; undefined: nothing. */
export function verdictOf(failure: MillpondError, now: number): KeyState | undefined {
  if (failure.code === 'unauthenticated') {
    return resting('refused', {
      now,
      ms: usualMs.refused,
      reason: 'The provider refused this key',
    });
  }
  if (failure.code !== 'rate-limited') return undefined;
  const told = failure.retryAfterMs;
  const reason = failure.message;
  if (failure.reason === spentReasons.daily) {
    return resting('exhausted', { now, ms: told ?? untilTomorrow(now), reason });
  }
  if (failure.reason === spentReasons.quota) {
    return resting('exhausted', { now, ms: told ?? usualMs.exhausted, reason });
  }
  return resting('cooling', { now, ms: told ?? usualMs.cooling, reason });
}

function resting(
  phase: 'cooling' | 'exhausted' | 'refused',
  { now, ms, reason }: { readonly now: number; readonly ms: number; readonly reason: string },
): KeyState {
  return { phase, since: now, until: now + Math.min(Math.max(ms, shortestMs), longestMs), reason };
}

/** Quotas of a day begin anew with the day of UTC, as far as providers say. */
function untilTomorrow(now: number): number {
  const dayMs = 24 * 60 * minuteMs;
  return dayMs - (now % dayMs);
}
