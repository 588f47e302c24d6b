import type { Alert, ApiKey, ConfigStatus, PriceList, Provider } from '../../../api.ts';
import { isNear } from '../limits/limit-words.ts';
import { needsHand } from '../providers/provider-words.ts';

/** What somebody should look at. Everything is told by the gateway; nothing is guessed. */
export type Warning =
  | { readonly kind: 'config'; readonly count: number }
  | { readonly kind: 'provider'; readonly provider: Provider }
  | { readonly kind: 'prices'; readonly count: number }
  | { readonly kind: 'key'; readonly apiKey: ApiKey }
  | { readonly kind: 'alert'; readonly alert: Alert };

/** What is known; parts that were not answered yet are left out. */
export interface Known {
  readonly config: ConfigStatus | undefined;
  readonly providers: readonly Provider[] | undefined;
  readonly prices: PriceList | undefined;
  readonly keys: readonly ApiKey[] | undefined;
  readonly alerts: readonly Alert[] | undefined;
}

/** What was refused or lost first, then what comes near. */
export function warningsOf({ config, providers, prices, keys, alerts }: Known): readonly Warning[] {
  const state = config?.state;
  const near = (keys ?? []).filter(({ uses = [] }) => uses.some(isLasting));
  return [
    ...(state?.phase === 'rejected'
      ? [{ kind: 'config', count: state.problems.length } as const]
      : []),
    ...(providers ?? [])
      .filter(needsHand)
      .map((provider) => ({ kind: 'provider', provider }) as const),
    ...(alerts ?? [])
      // A breaker and a budget stand here already, with what they are about.
      .filter(({ endedAt, kind }) => endedAt === undefined && kind !== 'breaker')
      .map((alert) => ({ kind: 'alert', alert }) as const),
    ...near.map((apiKey) => ({ kind: 'key', apiKey }) as const),
    ...(prices !== undefined && prices.missing.length > 0
      ? [{ kind: 'prices', count: prices.missing.length } as const]
      : []),
  ];
}

/** A full minute is over in a minute; what counts by day or month is worth a line. */
function isLasting(use: NonNullable<ApiKey['uses']>[number]): boolean {
  return /PerDay$|PerMonth$/u.test(use.limit) && isNear(use);
}
