import type { ModelPrice } from '../../../contract/usage.ts';

/** Public list prices. */
export const bundledPrices: readonly ModelPrice[] = [];
