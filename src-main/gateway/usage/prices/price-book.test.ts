import { describe, expect, test } from 'vitest';
import type { ModelPrice, PriceTier } from '../../../contract/usage.ts';
import { createMemoryPriceStore } from '../../../testing/memory-usage.ts';
import type { PricedProviders, StoredPrice } from '../ports.ts';
import { bundledPrices, readPriceTable } from './bundled-prices.ts';
import { priceNames } from './model-names.ts';
import { createPriceBook } from './price-book.ts';

const usage = { promptTokens: 1000, cachedTokens: 0, completionTokens: 100, reasoningTokens: 0 };

function flat(inputMicros: number, outputMicros = 0): PriceTier[] {
  return [{ maxInputTokens: 0, inputMicros, outputMicros }];
}

function bundled(model: string, inputMicros: number): ModelPrice {
  const tiers = flat(inputMicros);
  return { model, provider: 'anthropic', tiers, source: 'bundled', asOf: '2026-11-22' };
}

/** `work` is Anthropic and calls its `clever` claude-opus-5-20260801. */
const providers: PricedProviders = {
  describe: (provider, model) =>
    provider === 'work'
      ? { preset: 'anthropic', upstreamName: model === 'clever' ? 'claude-opus-5-20260801' : model }
      : undefined,
  served: () => [
    { model: 'clever', provider: 'work' },
    { model: 'secret', provider: 'work' },
  ],
};

async function setUp(stored: readonly StoredPrice[] = []) {
  const store = createMemoryPriceStore(stored);
  const book = await createPriceBook({
    store,
    providers,
    bundled: [bundled('claude-opus-5', 5_000_000), bundled('claude-haiku', 1_000_000)],
  });
  const micros = (model: string, provider?: string): number | undefined => {
    const cost = book.costMicros({ model, provider, usage });
    return cost.isPriced ? cost.micros : undefined;
  };
  return { book, store, micros };
}

describe('the price of an answer', () => {
  test('E22: a cloud model without a known price is unpriced, never free', async () => {
    const { book, micros } = await setUp();
    expect(book.costMicros({ model: 'secret', provider: 'work', usage })).toEqual({
      isPriced: false,
    });
    // A provider that is gone, and a model that only another provider has a price for.
    expect(micros('claude-opus-5', 'elsewhere')).toBeUndefined();
    expect(book.missing()).toEqual([{ model: 'secret', provider: 'work' }]);
  });

  test('a machine of one’s own is free until somebody says otherwise', async () => {
    const { book, micros } = await setUp();
    expect(micros('claude-opus-5')).toBe(0);
    await book.set({ model: 'qwen3-8b', tiers: flat(100_000) });
    expect(micros('qwen3-8b')).toBe(100);
  });

  test('is found by the name of the provider’s own, and without the date of its release', async () => {
    const { micros } = await setUp();
    expect(micros('clever', 'work')).toBe(5000);
    expect(micros('claude-haiku', 'work')).toBe(1000);
    expect(micros('Claude-Haiku-latest', 'work')).toBe(1000);
    expect(micros('claude-haiku-mini', 'work')).toBeUndefined();
  });

  test('set by hand goes before the file’s and the bundled one, until it is removed', async () => {
    const { book, store, micros } = await setUp();
    book.useFile([{ model: 'claude-haiku', tiers: flat(2_000_000) }]);
    expect(micros('claude-haiku', 'work')).toBe(2000);
    await book.set({ model: 'claude-haiku', tiers: flat(3_000_000) });
    expect(micros('claude-haiku', 'work')).toBe(3000);
    await book.set({ model: 'claude-haiku', provider: 'work', tiers: flat(0) });
    expect(micros('claude-haiku', 'work')).toBe(0);
    expect((await store.list()).map(({ provider }) => provider)).toEqual([undefined, 'work']);
    await book.remove('claude-haiku', 'work');
    expect(micros('claude-haiku', 'work')).toBe(3000);
    await book.remove('claude-haiku');
    book.useFile([]);
    expect(micros('claude-haiku', 'work')).toBe(1000);
  });

  test('for a preset holds for every provider of that kind', async () => {
    const { book, micros } = await setUp();
    await book.set({ model: 'secret', provider: 'anthropic', tiers: flat(7_000_000) });
    expect(micros('secret', 'work')).toBe(7000);
    expect(micros('secret')).toBe(0);
    expect(book.missing()).toEqual([]);
  });

  test('is there again after a restart', async () => {
    const { micros } = await setUp([{ model: 'secret', tiers: flat(4_000_000) }]);
    expect(micros('secret', 'work')).toBe(4000);
  });

  test('that could not be stored changes nothing', async () => {
    const { book, store, micros } = await setUp();
    store.isBroken = true;
    await expect(book.set({ model: 'claude-haiku', tiers: flat(9) })).rejects.toThrow('disk');
    await expect(book.remove('claude-haiku')).rejects.toThrow('disk');
    expect(micros('claude-haiku', 'work')).toBe(1000);
  });

  test('says when more was cached than asked', async () => {
    const { book } = await setUp();
    const odd = { ...usage, cachedTokens: 2000, completionTokens: 0 };
    expect(book.costMicros({ model: 'claude-haiku', provider: 'work', usage: odd })).toEqual({
      isPriced: true,
      micros: 200,
      note: 'cached-exceeds-prompt',
    });
  });
});

test('an estimate is that of the dearest candidate, with a cache to be written', async () => {
  const { book } = await setUp();
  const candidates = [
    { model: 'claude-haiku', provider: 'work' },
    { model: 'clever', provider: 'work' },
    { model: 'qwen3-8b' },
    { model: 'secret', provider: 'work' },
  ];
  expect(book.estimateMicros(candidates, 1000, 500)).toBe(5000);
  expect(book.estimateMicros([], 1000, 500)).toBe(0);
  const cacheWriteMicros = 6_250_000;
  await book.set({
    model: 'secret',
    tiers: [{ maxInputTokens: 0, inputMicros: 5_000_000, cacheWriteMicros, outputMicros: 0 }],
  });
  expect(book.estimateMicros(candidates, 1000, 500)).toBe(6250);
});

test('owners of machines earn what the contributor tiers say, and nothing without them', async () => {
  const { book } = await setUp();
  expect(book.creditMicros({ model: 'qwen3-8b', usage })).toBe(0);
  const contributorTiers = flat(50_000, 200_000);
  await book.set({ model: 'qwen3-8b', tiers: flat(100_000), contributorTiers });
  expect(book.creditMicros({ model: 'qwen3-8b', usage })).toBe(70);
});

test('the list shows what is in force, once', async () => {
  const { book } = await setUp();
  await book.set({ model: 'claude-haiku', provider: 'anthropic', tiers: flat(1) });
  expect(book.list().map(({ model, source }) => [model, source])).toEqual([
    ['claude-haiku', 'manual'],
    ['claude-opus-5', 'bundled'],
  ]);
});

test('only a date of release or “latest” at the end is dropped from a name', () => {
  expect(priceNames('gpt-4o-2024-08-06')).toEqual(['gpt-4o-2024-08-06', 'gpt-4o']);
  expect(priceNames('claude-opus-4-5-20251101')).toEqual([
    'claude-opus-4-5-20251101',
    'claude-opus-4-5',
  ]);
  expect(priceNames('claude-opus-4-5@20251101')).toContain('claude-opus-4-5');
  expect(priceNames('gpt-5-chat-latest')).toContain('gpt-5-chat');
  for (const name of [
    'mistral-large-2411',
    'grok-4-0709',
    'gpt-5-mini',
    'o1-2024-13-01',
    'x-latest-2',
  ]) {
    expect(priceNames(name)).toEqual([name]);
  }
});

describe('the bundled table', () => {
  test('has a price of everybody who is asked for, each once, with tiers that rise', () => {
    const presets = new Set(bundledPrices.map(({ provider }) => provider));
    for (const preset of ['openai', 'anthropic', 'gemini', 'deepseek', 'moonshot', 'xai']) {
      expect(presets).toContain(preset);
    }
    for (const preset of ['qwen', 'glm', 'mistral', 'groq', 'together']) {
      expect(presets).toContain(preset);
    }
    const names = bundledPrices.map(({ provider, model }) => `${provider ?? ''} ${model}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { tiers, asOf } of bundledPrices) {
      expect(asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
      const bounds = tiers.map(({ maxInputTokens }) => maxInputTokens || Infinity);
      expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
      expect(bounds.at(-1)).toBe(Infinity);
      for (const { inputMicros, cachedInputMicros = 0 } of tiers) {
        expect(inputMicros).toBeGreaterThan(0);
        expect(cachedInputMicros).toBeLessThanOrEqual(inputMicros);
      }
    }
  });

  test('is read as it is written', () => {
    const [price] = readPriceTable(
      '\n[xai]\ngrok grok-1 | 200000 1.25 0.2 - 2.5 ; 0 2 - 3 5\n',
      'now',
    );
    expect(price).toEqual({
      ...{ model: 'grok', provider: 'xai', source: 'bundled', asOf: 'now' },
      tiers: [
        {
          ...{ maxInputTokens: 200_000, inputMicros: 1_250_000 },
          ...{ cachedInputMicros: 200_000, outputMicros: 2_500_000 },
        },
        {
          ...{ maxInputTokens: 0, inputMicros: 2_000_000, cachedInputMicros: 2_000_000 },
          ...{ cacheWriteMicros: 3_000_000, outputMicros: 5_000_000 },
        },
      ],
    });
    for (const wrong of [
      '[xai]\ngrok',
      '[xai]\ngrok | 0 1 2',
      'grok | 0 1 - - 2',
      '[a]\nb | 0 x - - 1',
    ]) {
      expect(() => readPriceTable(wrong, 'now')).toThrow('not a line');
    }
  });
});
