import { expect, test } from 'vitest';
import type { FitView, HubVariant } from '../../../api.ts';
import { shownVariant, variantsWithFits, withNews } from './variant-fits.ts';

const fit: FitView = {
  verdict: 'fits',
  predictedBytes: 8e9,
  gpuBytes: 0,
  limitBytes: 20e9,
  contextLength: 8192,
  slots: 1,
};

function variantOf(id: string, isRecommended = false): HubVariant {
  return {
    id,
    tier: 'balanced',
    files: [],
    sizeBytes: 1,
    isRecommended,
    hasProjector: false,
  };
}

const recommendedIn = (variants: readonly HubVariant[]) =>
  variants.filter((variant) => variant.isRecommended).map((variant) => variant.id);

test('fits fill the rows one after the other', () => {
  const news = withNews([], { variant: 'Q4_K_M', fit, isRecommended: false });
  const [small, balanced] = variantsWithFits([variantOf('Q3_K_M'), variantOf('Q4_K_M')], news);
  expect(small?.fit).toBeUndefined();
  expect(balanced?.fit).toEqual(fit);
});

test('at most one is recommended, and the last word counts', () => {
  const variants = [variantOf('Q3_K_M', true), variantOf('Q4_K_M')];
  expect(recommendedIn(variantsWithFits(variants, []))).toEqual(['Q3_K_M']);
  const first = withNews([], { variant: 'Q3_K_M', fit, isRecommended: true });
  const second = withNews(first, { variant: 'Q4_K_M', fit, isRecommended: true });
  expect(recommendedIn(variantsWithFits(variants, second))).toEqual(['Q4_K_M']);
});

test('a first guess that turned out wrong is no longer recommended', () => {
  const news = withNews([], { variant: 'Q3_K_M', fit, isRecommended: false });
  expect(recommendedIn(variantsWithFits([variantOf('Q3_K_M', true)], news))).toEqual([]);
});

test('newer news of a variant replace the older', () => {
  const first = withNews([], { variant: 'Q4_K_M', fit, isRecommended: true });
  const smaller = { ...fit, predictedBytes: 7e9 };
  const news = withNews(first, { variant: 'Q4_K_M', fit: smaller, isRecommended: true });
  expect(news).toHaveLength(1);
  expect(variantsWithFits([variantOf('Q4_K_M')], news)[0]?.fit?.predictedBytes).toBe(7e9);
});

test('shows what was chosen, else what the address asked for, else the recommended one', () => {
  const variants = [variantOf('Q3_K_M'), variantOf('Q4_K_M', true), variantOf('Q8_0')];
  expect(shownVariant(variants, 'Q8_0', 'Q3_K_M')?.id).toBe('Q8_0');
  expect(shownVariant(variants, undefined, 'q3_k_m')?.id).toBe('Q3_K_M');
  expect(shownVariant(variants, undefined, 'Q2_K')?.id).toBe('Q4_K_M');
  expect(shownVariant([], undefined)).toBeUndefined();
});
