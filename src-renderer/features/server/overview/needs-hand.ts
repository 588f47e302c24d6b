import type { Account, Alert, ApiKey, ConfigStatus, PriceList, Provider } from '../../../api.ts';
import { isNear } from '../limits/limit-words.ts';
import { needsHand } from '../providers/provider-words.ts';

/** What somebody should look at. Everything is told by the gateway; nothing is guessed. */
export type Warning =
  | { readonly kind: 'config'; readonly count: number }
  | { readonly kind: 'provider'; readonly provider: Provider }
  | { readonly kind: 'prices'; readonly count: number }
  | { readonly kind: 'key'; readonly apiKey: ApiKey }
  | { readonly kind: 'person'; readonly person: Account }
  | { readonly kind: 'alert'; readonly alert: Alert };

/** What is known; parts that were not answered yet are left out. */
export interface Known {
  readonly config: ConfigStatus | undefined;
  readonly providers: readonly Provider[] | undefined;
  readonly prices: PriceList | undefined;
  readonly keys: readonly ApiKey[] | undefined;
  readonly people: readonly Account[] | undefined;
  readonly alerts: readonly Alert[] | undefined;
}

/** These stand here already, with what they are about. */
const standsHere: ReadonlySet<Alert['kind']> = new Set(['breaker', 'budget']);

/** What was refused or lost first, then what comes near. */
export function warningsOf(known: Known): readonly Warning[] {
  const { config, providers, prices, keys, people, alerts } = known;
  const state = config?.state;
  return [
    ...(state?.phase === 'rejected'
      ? [{ kind: 'config', count: state.problems.length } as const]
      : []),
    ...(providers ?? [])
      .filter(needsHand)
      .map((provider) => ({ kind: 'provider', provider }) as const),
    ...(alerts ?? [])
      .filter(({ endedAt, kind }) => endedAt === undefined && !standsHere.has(kind))
      .map((alert) => ({ kind: 'alert', alert }) as const),
    ...(keys ?? []).filter(isNearOne).map((apiKey) => ({ kind: 'key', apiKey }) as const),
    ...(people ?? []).filter(isNearOne).map((person) => ({ kind: 'person', person }) as const),
    ...(prices !== undefined && prices.missing.length > 0
      ? [{ kind: 'prices', count: prices.missing.length } as const]
      : []),
  ];
}

/** Whether a limit of theirs that lasts is nearly used up. */
function isNearOne({ uses = [] }: Pick<ApiKey, 'uses'>): boolean {
  return uses.some(isLasting);
}

/** A full minute is over in a minute; what counts by day or month is worth a line. */
function isLasting(use: NonNullable<ApiKey['uses']>[number]): boolean {
  return /PerDay$|PerMonth$/u.test(use.limit) && isNear(use);
}
