import { expect, test } from 'vitest';
import {
  dollarsOf,
  emptyTier,
  microsOf,
  priceDraftOf,
  priceOf,
  priceProblem,
} from './price-draft.ts';

test('dollars become micros exactly, and back', () => {
  for (const text of ['0', '2.5', '0.075', '0.000001', '1234.56789']) {
    expect(dollarsOf(microsOf(text) ?? -1)).toBe(text);
  }
  expect(microsOf('$3')).toBe(3_000_000);
  for (const wrong of ['', '-1', '1e3', '0.0000001', '1,5', 'free']) {
    expect(microsOf(wrong)).toBeUndefined();
  }
});

const draft = priceDraftOf({ model: 'kimi-k2', provider: 'groq' });
const filled = { ...emptyTier(0), input: '1', output: '3' };

test('a price that was left empty is no price', () => {
  expect(priceProblem(draft)).toBe('price');
  expect(priceOf(draft)).toBeUndefined();
  expect(priceOf({ ...draft, tiers: [filled] })).toEqual({
    ...{ model: 'kimi-k2', provider: 'groq' },
    tiers: [{ maxInputTokens: 0, inputMicros: 1_000_000, outputMicros: 3_000_000 }],
  });
});

test('the rates of cached and written tokens stay open unless they were typed', () => {
  const tiers = [{ ...filled, cachedInput: '0.1', cacheWrite: '' }];
  expect(priceOf({ ...draft, tiers })?.tiers).toEqual([
    {
      ...{ maxInputTokens: 0, inputMicros: 1_000_000, outputMicros: 3_000_000 },
      cachedInputMicros: 100_000,
    },
  ]);
  expect(priceProblem({ ...draft, tiers: [{ ...filled, cacheWrite: 'x' }] })).toBe('price');
});

test('bounds of tiers rise, and only the last one is open', () => {
  const upTo = (maxInputTokens: string) => ({ ...filled, maxInputTokens });
  expect(priceProblem({ ...draft, tiers: [upTo('128,000'), upTo('')] })).toBeUndefined();
  expect(priceProblem({ ...draft, tiers: [upTo(''), upTo('128000')] })).toBe('order');
  expect(priceProblem({ ...draft, tiers: [upTo('9'), upTo('9')] })).toBe('order');
});

test('a price that exists is typed back as it was', () => {
  const price = {
    model: 'claude',
    tiers: [
      {
        maxInputTokens: 200_000,
        inputMicros: 3_000_000,
        cachedInputMicros: 300_000,
        cacheWriteMicros: 3_750_000,
        outputMicros: 15_000_000,
      },
    ],
    contributorTiers: [{ maxInputTokens: 0, inputMicros: 10_000, outputMicros: 20_000 }],
  };
  expect(priceOf(priceDraftOf(price))).toEqual(price);
});
