import { describe, expect, test } from 'vitest';
import { optionsFor, pickVariant } from './aim.ts';
import type { VariantChoice } from './aim.ts';
import type { FitVerdict } from './fit.ts';

const variant = (id: string, sizeBytes: number, verdict: FitVerdict = 'fits'): VariantChoice => ({
  id,
  sizeBytes,
  fit: {
    verdict,
    predictedBytes: sizeBytes,
    gpuBytes: 0,
    limitBytes: 10,
    contextLength: 8192,
    slots: 1,
  },
});
const repo = [variant('Q2_K', 3), variant('Q4_K_M', 5), variant('Q6_K', 7), variant('Q8_0', 9)];

describe('pickVariant', () => {
  test('quality takes the largest that fits, the others one of good balance', () => {
    expect(pickVariant(repo, 'quality')?.id).toBe('Q8_0');
    expect(pickVariant(repo, 'speed')?.id).toBe('Q4_K_M');
    expect(pickVariant(repo, 'context')?.id).toBe('Q4_K_M');
  });

  test('what does not fit is never picked while something does', () => {
    const tight = [variant('Q2_K', 3), variant('Q4_K_M', 5, 'slow'), variant('Q8_0', 9, 'too-big')];
    expect(pickVariant(tight, 'quality')?.id).toBe('Q2_K');
    expect(pickVariant(tight, 'speed')?.id).toBe('Q2_K');
  });

  test('where everything is slow, no aim makes it slower than it must be', () => {
    const slow = repo.map(({ id, sizeBytes }) => variant(id, sizeBytes, 'slow'));
    expect(pickVariant(slow, 'quality')?.id).toBe('Q4_K_M');
  });

  test('nothing is picked where nothing runs', () => {
    expect(pickVariant([variant('Q2_K', 3, 'too-big')], 'speed')).toBeUndefined();
    const none: VariantChoice[] = [];
    expect(pickVariant(none, 'speed')).toBeUndefined();
  });

  test('without a quantization of good balance the next larger one', () => {
    expect(pickVariant([variant('Q2_K', 3), variant('F16', 14)], 'speed')?.id).toBe('Q2_K');
    const gap = [variant('Q2_K', 3), variant('Q4_K_M', 5, 'too-big'), variant('Q6_K', 7)];
    expect(pickVariant(gap, 'speed')?.id).toBe('Q6_K');
  });
});

describe('optionsFor', () => {
  test('context tries the trained length first and compresses the cache before it shortens it', () => {
    const options = optionsFor('context', 32_768);
    expect(options.slice(0, 3)).toEqual([
      { contextLength: 32_768, slots: 1, cacheType: 'f16' },
      { contextLength: 32_768, slots: 1, cacheType: 'q8_0' },
      { contextLength: 16_384, slots: 1, cacheType: 'f16' },
    ]);
  });

  test.each(['speed', 'context', 'quality'] as const)(
    '%s ends with a modest context, never with the one of the model',
    (aim) => {
      expect(optionsFor(aim, 1_000_000).at(-1)).toMatchObject({ contextLength: 4096, slots: 1 });
      for (const { contextLength } of optionsFor(aim, 2048)) {
        expect(contextLength).toBe(2048);
      }
    },
  );

  test('quality never compresses the cache', () => {
    for (const { cacheType } of optionsFor('quality', 8192)) {
      expect(cacheType).toBe('f16');
    }
  });
});
