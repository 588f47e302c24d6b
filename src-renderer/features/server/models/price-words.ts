import type { ModelPrice } from '../../../api.ts';

const order: Readonly<Record<ModelPrice['source'], number>> = { file: 0, manual: 1, bundled: 2 };

/** Prices whose model or provider has these words: what somebody set before what is bundled. */
export function foundPrices(prices: readonly ModelPrice[], search: string): readonly ModelPrice[] {
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
  return prices
    .filter(({ model, provider = '' }) => {
      const text = `${model}\n${provider}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted(
      (a, b) =>
        order[a.source] - order[b.source] ||
        a.model.localeCompare(b.model) ||
        (a.provider ?? '').localeCompare(b.provider ?? ''),
    );
}

/** What a cached token costs where nothing was said: a fifth of a fresh one. */
export function cachedMicros(tier: ModelPrice['tiers'][number]): number {
  return tier.cachedInputMicros ?? Math.round(tier.inputMicros / 5);
}
