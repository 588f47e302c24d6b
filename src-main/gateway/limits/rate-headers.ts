import type { Clock } from '../../core/clock.ts';
import type { WireDialect } from '../../core/inference.ts';
import type { SlidingRate } from './sliding-rate.ts';
import type { Limited } from './steps.ts';

interface RateLevel {
  readonly allowed: number;
  readonly remaining: number;
  readonly resetMs: number;
}

interface RateNames {
  readonly kind: 'requests' | 'tokens';
  readonly limit: 'requestsPerMinute' | 'tokensPerMinute';
  /** Limit, remaining and reset, as clients of OpenAI and of Anthropic read them. */
  readonly openai: HeaderNames;
  readonly anthropic: HeaderNames;
}

type HeaderNames = readonly [limit: string, remaining: string, reset: string];

/** Whole, because names that are put together for every answer are slow to be found again. */
const rates: readonly RateNames[] = [
  {
    ...{ kind: 'requests', limit: 'requestsPerMinute' },
    openai: [
      'x-ratelimit-limit-requests',
      'x-ratelimit-remaining-requests',
      'x-ratelimit-reset-requests',
    ],
    anthropic: [
      'anthropic-ratelimit-requests-limit',
      'anthropic-ratelimit-requests-remaining',
      'anthropic-ratelimit-requests-reset',
    ],
  },
  {
    ...{ kind: 'tokens', limit: 'tokensPerMinute' },
    openai: [
      'x-ratelimit-limit-tokens',
      'x-ratelimit-remaining-tokens',
      'x-ratelimit-reset-tokens',
    ],
    anthropic: [
      'anthropic-ratelimit-tokens-limit',
      'anthropic-ratelimit-tokens-remaining',
      'anthropic-ratelimit-tokens-reset',
    ],
  },
];

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
  for (const names of rates) {
    const tightest = tightestOf(limited, names, now);
    if (tightest === undefined) continue;
    const { allowed, remaining, resetMs } = tightest;
    const [limit, left, reset] = names.openai;
    headers[limit] = allowed.toString();
    headers[left] = remaining.toString();
    headers[reset] = durationText(resetMs);
    if (dialect !== 'anthropic') continue;
    const [ownLimit, ownLeft, ownReset] = names.anthropic;
    headers[ownLimit] = allowed.toString();
    headers[ownLeft] = remaining.toString();
    headers[ownReset] = secondText(clock.now() + resetMs);
  }
  return headers;
}

function tightestOf(
  limited: readonly Limited[],
  { kind, limit }: RateNames,
  now: number,
): RateLevel | undefined {
  let tightest: RateLevel | undefined;
  for (const { state, limits } of limited) {
    const allowed = limits[limit];
    if (allowed === undefined) continue;
    const level = levelOf(state[kind], allowed, now);
    if (tightest === undefined || level.remaining < tightest.remaining) tightest = level;
  }
  return tightest;
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
