import type { ControlHandlers } from '../../contract/control.ts';
import { MillpondError } from '../../core/error.ts';
import type { PriceBook } from '../../gateway/usage/prices/price-book.ts';

export function createPriceHandlers(prices: PriceBook): ControlHandlers['prices'] {
  return {
    list: () => ({ prices: prices.list(), missing: prices.missing() }),
    set(price) {
      checkTiers(price.tiers);
      checkTiers(price.contributorTiers ?? []);
      return prices.set(price);
    },
    async remove({ model, provider }) {
      await prices.remove(model, provider);
      return {};
    },
  };
}

/** The first tier that a prompt fits counts: one behind a longer one would never be reached. */
function checkTiers(tiers: readonly { readonly maxInputTokens: number }[]): void {
  const bounds = tiers.map(({ maxInputTokens }) => maxInputTokens || Infinity);
  const isRising = bounds.every((bound, index) => bound > (bounds[index - 1] ?? 0));
  if (isRising) return;
  throw new MillpondError(
    'invalid-request',
    'Put the tiers in the order of their prompt lengths; the one for any length comes last',
    { param: 'tiers' },
  );
}
