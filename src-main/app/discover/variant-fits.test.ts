import { expect, test, vi } from 'vitest';
import type { FitView } from '../../contract/fit.ts';
import { MillpondError } from '../../core/error.ts';
import type { HubRepo, HubVariant } from '../../models/hub/hub-repo.ts';
import { VariantFits } from './variant-fits.ts';
import { patience } from '../../testing/patience.ts';

const variantOf = (id: string, sizeBytes: number): HubVariant => {
  const files = [{ path: `m-${id}.gguf`, sizeBytes }];
  return { id, tier: 'balanced', format: 'gguf', files, sizeBytes };
};
const repoOf = (name: string, ...variants: readonly HubVariant[]): HubRepo => ({
  ...{ repo: name, author: 'org', name, format: 'gguf', downloads: 1, isGated: false },
  ...{ commit: 'c', pageUrl: '', card: '', variants },
});
const fitOf = (sizeBytes: number): FitView => ({
  verdict: sizeBytes > 100 ? 'too-big' : 'fits',
  ...{ predictedBytes: sizeBytes, gpuBytes: 0, limitBytes: 100, contextLength: 4096, slots: 1 },
});

function setUp(predict?: ConstructorParameters<typeof VariantFits>[0]['predict']) {
  const published: { variant: string; isRecommended: boolean }[] = [];
  const asked: string[] = [];
  const fits = new VariantFits({
    predict: async (repo, variant, aim, signal) => {
      asked.push(variant.id);
      if (predict) return predict(repo, variant, aim, signal);
      return await Promise.resolve(fitOf(variant.sizeBytes));
    },
    recommend: (known) =>
      known
        .filter(({ fit }) => fit.verdict === 'fits')
        .toSorted((a, b) => b.variant.sizeBytes - a.variant.sizeBytes)[0]?.variant.id,
    publish: ({ variant, isRecommended }) => published.push({ variant, isRecommended }),
    warn: () => {},
  });
  return { fits, published, asked };
}

test('tells each fit as it becomes known, and again when another one is recommended', async () => {
  const { fits, published } = setUp();
  const repo = repoOf('a', variantOf('Q4_K_M', 40), variantOf('Q8_0', 80), variantOf('F16', 160));
  fits.workOut(repo, 'context');
  await vi.waitFor(() => {
    expect(published).toHaveLength(4);
  }, patience);
  expect(published).toEqual([
    { variant: 'Q4_K_M', isRecommended: true },
    { variant: 'Q8_0', isRecommended: true },
    { variant: 'Q4_K_M', isRecommended: false },
    { variant: 'F16', isRecommended: false },
  ]);
});

test('does not work out twice what is known', async () => {
  const { fits, asked } = setUp();
  const repo = repoOf('a', variantOf('Q4_K_M', 40));
  const { signal } = new AbortController();
  const [variant] = repo.variants;
  if (variant === undefined) throw new Error('no variant');
  await fits.find(repo, variant, 'speed', signal);
  await fits.find(repo, variant, 'speed', signal);
  expect(asked).toEqual(['Q4_K_M']);
  await fits.find(repo, variant, 'quality', signal);
  expect(asked).toHaveLength(2);
});

test('gives up the work of a page that was left', async () => {
  const waits = new Map<string, AbortSignal>();
  const { fits, asked } = setUp(
    (repo, _variant, _aim, signal) =>
      new Promise((_resolve, reject) => {
        waits.set(repo.repo, signal);
        signal.addEventListener('abort', () => {
          reject(new MillpondError('cancelled', 'left'));
        });
      }),
  );
  fits.workOut(repoOf('left', variantOf('Q4_K_M', 1), variantOf('Q8_0', 2)), 'context');
  fits.workOut(repoOf('entered', variantOf('Q5_K_M', 1)), 'context');
  await vi.waitFor(() => {
    expect(waits.get('left')?.aborted).toBe(true);
  }, patience);
  expect(waits.get('entered')?.aborted).toBe(false);
  expect(asked).toEqual(['Q4_K_M', 'Q5_K_M']);
  fits.dispose();
});

test('asks no further header while the hub is away, but passes over a file that makes no sense', async () => {
  const failing = (code: 'unavailable' | 'model-load-failed') => () =>
    Promise.reject(new MillpondError(code, 'no'));
  const away = setUp(failing('unavailable'));
  const repo = repoOf('a', variantOf('Q4_K_M', 1), variantOf('Q8_0', 2));
  away.fits.workOut(repo, 'context');
  const broken = setUp(failing('model-load-failed'));
  broken.fits.workOut(repo, 'context');
  await vi.waitFor(() => {
    expect(broken.asked).toEqual(['Q4_K_M', 'Q8_0']);
  }, patience);
  expect(away.asked).toEqual(['Q4_K_M']);
});
