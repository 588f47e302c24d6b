import { describe, expect, test } from 'vitest';
import type { PriceTier } from '../../../contract/usage.ts';
import type { TokenUsage } from '../../../core/usage.ts';
import { costOf, tierOf } from './cost.ts';

/** 0.8 / 2, 1.6 / 6 and 3 / 12 per million, for prompts up to 16 k, 128 k and any. */
const tiers: readonly PriceTier[] = [
  { maxInputTokens: 16_000, inputMicros: 800_000, outputMicros: 2_000_000 },
  { maxInputTokens: 128_000, inputMicros: 1_600_000, outputMicros: 6_000_000 },
  { maxInputTokens: 0, inputMicros: 3_000_000, outputMicros: 12_000_000 },
];

function usage(promptTokens: number, more: Partial<TokenUsage> = {}): TokenUsage {
  return { promptTokens, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0, ...more };
}

function microsOf(used: TokenUsage, of: readonly PriceTier[] = tiers): number {
  return costOf(of, used).micros;
}

describe('E22: cost', () => {
  test('E22: 20 000 prompt tokens of which 5 000 were cached and 1 000 of answer cost 0.0316', () => {
    expect(microsOf(usage(20_000, { cachedTokens: 5_000, completionTokens: 1_000 }))).toBe(31_600);
  });

  test('E22: a prompt at the bound of a tier is in it, one token more is in the next', () => {
    expect(microsOf(usage(16_000))).toBe(12_800);
    expect(microsOf(usage(16_001))).toBe(25_602); // 25 601.6
    expect(microsOf(usage(128_000))).toBe(204_800);
    expect(microsOf(usage(128_001))).toBe(384_003);
    expect(tierOf(tiers, 0)).toBe(tiers[0]);
  });

  test('E22: a prompt longer than every tier counts in the last one', () => {
    expect(microsOf(usage(200_000), tiers.slice(0, 2))).toBe(320_000);
    expect(microsOf(usage(5), [])).toBe(0);
  });

  test('E22: more cached than asked is charged as a cached prompt, and said', () => {
    const all = costOf(tiers, usage(1_000, { cachedTokens: 5_000 }));
    expect(all).toEqual({ micros: 160, isClamped: true });
    expect(costOf(tiers, usage(1_000, { cachedTokens: 1_000 }))).toEqual({
      micros: 160,
      isClamped: false,
    });
  });

  test('E22: cached and cache-written input have their own rates', () => {
    const tier: PriceTier = {
      maxInputTokens: 0,
      inputMicros: 3_000_000,
      cachedInputMicros: 300_000,
      cacheWriteMicros: 3_750_000,
      outputMicros: 15_000_000,
    };
    const used = usage(10_000, { cachedTokens: 6_000, cacheWriteTokens: 3_000 });
    expect(microsOf(used, [tier])).toBe(1_000 * 3 + 6_000 * 0.3 + 3_000 * 3.75);
    const free = { ...tier, cachedInputMicros: 0, cacheWriteMicros: 0 };
    expect(microsOf(used, [free])).toBe(3_000);
    // What was read from a cache cannot have been written to it as well.
    const impossible = usage(10_000, { cachedTokens: 9_000, cacheWriteTokens: 9_000 });
    expect(microsOf(impossible, [tier])).toBe(9_000 * 0.3 + 1_000 * 3.75);
  });

  test('E22: reasoning is inside of the answer and costs nothing beside it', () => {
    const quiet = usage(0, { completionTokens: 1_000 });
    expect(microsOf({ ...quiet, reasoningTokens: 900 })).toBe(microsOf(quiet));
  });

  test('E22: fractions of a micro are added up before they are rounded, half up', () => {
    const cheap: PriceTier = { maxInputTokens: 0, inputMicros: 250_000, outputMicros: 250_000 };
    expect(microsOf(usage(1), [cheap])).toBe(0);
    expect(microsOf(usage(2), [cheap])).toBe(1);
    expect(microsOf(usage(1, { completionTokens: 1 }), [cheap])).toBe(1);
    // A fifth of 1 is no whole micro per million: five million tokens of it are one.
    const tiny: PriceTier = { maxInputTokens: 0, inputMicros: 1, outputMicros: 0 };
    const cached = usage(5_000_000, { cachedTokens: 5_000_000 });
    expect(microsOf(cached, [tiny])).toBe(1);
  });

  test('E22: sums beyond what a double holds are exact', () => {
    const dear: PriceTier = { maxInputTokens: 0, inputMicros: 999_999_999, outputMicros: 1 };
    expect(microsOf(usage(9_007_199), [dear])).toBe(9_007_198_991);
  });

  test('counts that are no counts cost nothing', () => {
    const odd = usage(Number.NaN, { cachedTokens: -5, completionTokens: Infinity });
    expect(microsOf(odd)).toBe(0);
  });
});
