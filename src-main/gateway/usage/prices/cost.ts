import type { PriceTier } from '../../../contract/usage.ts';
import type { TokenUsage } from '../../../core/usage.ts';

/** Prices are per million tokens; a fifth of one need not be whole. */
const tokensPerPrice = 1_000_000n;
const fifths = 5n;

export interface TieredCost {
  readonly micros: number;
  /** More was said to be cached than was asked: the excess is not charged twice. */
  readonly isClamped: boolean;
}

/**
 * What the usage costs, exactly, and rounded once, half up. Of the tiers counts the first one that the
 * prompt fits, and the last one where none does. 0 without tiers. Reasoning is part of the completion.
 */
export function costOf(tiers: readonly PriceTier[], usage: TokenUsage): TieredCost {
  const prompt = tokens(usage.promptTokens);
  const cached = least(tokens(usage.cachedTokens), prompt);
  const written = least(tokens(usage.cacheWriteTokens ?? 0), prompt - cached);
  const isClamped = usage.cachedTokens > usage.promptTokens;
  const tier = tierOf(tiers, usage.promptTokens);
  if (tier === undefined) return { micros: 0, isClamped };
  const input = BigInt(tier.inputMicros);
  const cachedFifths =
    tier.cachedInputMicros === undefined ? input : BigInt(tier.cachedInputMicros) * fifths;
  const write = BigInt(tier.cacheWriteMicros ?? tier.inputMicros);
  const wholeRates =
    (prompt - cached - written) * input +
    written * write +
    tokens(usage.completionTokens) * BigInt(tier.outputMicros);
  const numerator = wholeRates * fifths + cached * cachedFifths;
  return { micros: rounded(numerator, tokensPerPrice * fifths), isClamped };
}

/** The first tier that holds a prompt of so many tokens, else the last. */
export function tierOf(tiers: readonly PriceTier[], promptTokens: number): PriceTier | undefined {
  return tiers.find(({ maxInputTokens: max }) => max === 0 || max >= promptTokens) ?? tiers.at(-1);
}

/** Counts come from servers of others: what is no count is none. */
function tokens(count: number): bigint {
  return Number.isFinite(count) && count > 0 ? BigInt(Math.trunc(count)) : 0n;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function rounded(numerator: bigint, denominator: bigint): number {
  return Number((numerator + denominator / 2n) / denominator);
}
