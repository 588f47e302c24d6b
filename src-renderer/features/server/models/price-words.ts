import type { ModelPrice, Provider } from '../../../api.ts';

const order: Readonly<Record<ModelPrice['source'], number>> = { file: 0, manual: 1, bundled: 2 };

/** Of models that nobody can ask here; behind all others. */
const unserved = 3;

/** What a price is for, as one word. */
const priceKey = (model: string, provider = ''): string => `${provider}\n${model}`;

/** The models that can be asked now, as prices name them. */
export function servedPrices(providers: readonly Provider[]): ReadonlySet<string> {
  return new Set(
    providers.flatMap(({ preset, models }) =>
      models
        .filter(({ isServed }) => isServed)
        .map(({ upstreamName }) => priceKey(upstreamName, preset)),
    ),
  );
}

/**
 * Prices whose model or provider has these words: what somebody set, then what is bundled for models
 * that are served, then the rest of the table.
 */
export function foundPrices(
  prices: readonly ModelPrice[],
  search: string,
  served: ReadonlySet<string>,
): readonly ModelPrice[] {
  const rank = ({ source, model, provider }: ModelPrice): number =>
    source === 'bundled' && !served.has(priceKey(model, provider)) ? unserved : order[source];
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
  return prices
    .filter(({ model, provider = '' }) => {
      const text = `${model}\n${provider}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted(
      (a, b) =>
        rank(a) - rank(b) ||
        a.model.localeCompare(b.model) ||
        (a.provider ?? '').localeCompare(b.provider ?? ''),
    );
}

/** What a cached token costs where nothing was said: a fifth of a fresh one. */
export function cachedMicros(tier: ModelPrice['tiers'][number]): number {
  return tier.cachedInputMicros ?? Math.round(tier.inputMicros / 5);
}
