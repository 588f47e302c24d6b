import type { ModelPrice, PriceTier } from '../../../contract/usage.ts';
import { priceTable, pricesAsOf } from './price-table.ts';

const microsPerDollar = 1_000_000;

/** Public list prices, one for each name of a model. */
export const bundledPrices: readonly ModelPrice[] = readPriceTable(priceTable, pricesAsOf);

/** Reads the text of a price table. Throws on a line that it does not understand: the table is ours. */
export function readPriceTable(table: string, asOf: string): ModelPrice[] {
  const prices: ModelPrice[] = [];
  let provider = '';
  for (const line of table.split('\n')) {
    const section = /^\[([a-z0-9-]+)\]$/.exec(line);
    if (section?.[1] !== undefined) provider = section[1];
    else if (line !== '') prices.push(...readLine(line, provider, asOf));
  }
  return prices;
}

function readLine(line: string, provider: string, asOf: string): ModelPrice[] {
  const [names = '', rates, ...rest] = line.split(' | ');
  if (rates === undefined || rest.length > 0 || provider === '') throw notAPrice(line);
  const tiers = rates.split(' ; ').map((tier) => readTier(tier, line));
  return names
    .split(' ')
    .map((model) => ({ model, provider, tiers, source: 'bundled' as const, asOf }));
}

function readTier(tier: string, line: string): PriceTier {
  const [longest, input, cached, write, output, ...rest] = tier.split(' ');
  if (output === undefined || rest.length > 0) throw notAPrice(line);
  const inputMicros = micros(input, line);
  return {
    maxInputTokens: micros(longest, line) / microsPerDollar,
    inputMicros,
    // Where a provider has no rate for it, cached input costs what any input costs.
    cachedInputMicros: cached === '-' ? inputMicros : micros(cached, line),
    ...(write !== '-' && { cacheWriteMicros: micros(write, line) }),
    outputMicros: micros(output, line),
  };
}

function micros(dollars: string | undefined, line: string): number {
  if (dollars === undefined || !/^\d+(\.\d{1,6})?$/.test(dollars)) throw notAPrice(line);
  return Math.round(Number(dollars) * microsPerDollar);
}

function notAPrice(line: string): Error {
  return new Error(`not a line of the price table: ${line}`);
}
