import type { Clock } from '../../core/clock.ts';
import type { WireDialect } from '../../core/inference.ts';
import type { SlidingRate } from './sliding-rate.ts';
import type { Limited } from './steps.ts';

interface RateLevel {
  readonly allowed: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/**
 * How far the tightest rates of a caller are used, as clients of OpenAI read it, and of Anthropic where
 * they speak that. Empty where no rate is limited.
 */
export function rateHeaders(
  limited: readonly Limited[],
  clock: Clock,
  dialect: WireDialect | undefined,
): Record<string, string> {
  const now = clock.monotonic();
  const headers: Record<string, string> = {};
  const kinds = [
    ['requests', 'requestsPerMinute'],
    ['tokens', 'tokensPerMinute'],
  ] as const;
  for (const [kind, limit] of kinds) {
    const levels = limited.flatMap(({ state, limits }) => {
      const allowed = limits[limit];
      return allowed === undefined ? [] : [levelOf(state[kind], allowed, now)];
    });
    const tightest = levels.toSorted((a, b) => a.remaining - b.remaining)[0];
    if (tightest === undefined) continue;
    const { allowed, remaining, resetMs } = tightest;
    headers[`x-ratelimit-limit-${kind}`] = allowed.toString();
    headers[`x-ratelimit-remaining-${kind}`] = remaining.toString();
    headers[`x-ratelimit-reset-${kind}`] = durationText(resetMs);
    if (dialect !== 'anthropic') continue;
    headers[`anthropic-ratelimit-${kind}-limit`] = allowed.toString();
    headers[`anthropic-ratelimit-${kind}-remaining`] = remaining.toString();
    headers[`anthropic-ratelimit-${kind}-reset`] = secondText(clock.now() + resetMs);
  }
  return headers;
}

function levelOf(rate: SlidingRate, allowed: number, now: number): RateLevel {
  const remaining = Math.max(0, Math.floor(allowed - rate.used(now)));
  return { allowed, remaining, resetMs: Math.ceil(rate.resetMs(now)) };
}

/** `20ms`, `1s`, `1.5s`, `6m0s`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${ms.toString()}ms`;
  const seconds = (ms % 60_000) / 1000;
  const minutes = Math.floor(ms / 60_000);
  return minutes === 0 ? `${seconds.toString()}s` : `${minutes.toString()}m${seconds.toString()}s`;
}

/** RFC 3339, rounded up to a second. */
function secondText(at: number): string {
  return new Date(Math.ceil(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
