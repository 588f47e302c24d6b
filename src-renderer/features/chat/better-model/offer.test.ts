import { expect, test } from 'vitest';
import type { FitView, InstalledModel, Starter } from '../../../api.ts';
import { hasOnlyGuide, offeredStarter } from './offer.ts';

const fit: FitView = {
  verdict: 'fits',
  predictedBytes: 8e9,
  gpuBytes: 0,
  limitBytes: 20e9,
  contextLength: 8192,
  slots: 1,
};
const starter: Starter = {
  repo: 'org/a',
  name: 'A',
  purpose: 'quick',
  variant: 'Q4_K_M',
  sizeBytes: 5e9,
  isRecommended: true,
  fit,
};
const fresh = { endpoint: 'https://huggingface.co', at: 1, isStale: false };

function modelOf(source: InstalledModel['source'], more: Partial<InstalledModel> = {}) {
  return {
    id: source,
    name: source,
    source,
    usedBy: [],
    engines: [],
    state: { phase: 'installed' as const },
    options: {},
    systemPrompt: '',
    ...more,
  };
}

test('offers the recommended one once it is known to fit', () => {
  expect(offeredStarter([{ ...starter, isRecommended: false }, starter], fresh)).toBe(starter);
  const { fit: _, ...unknown } = starter;
  expect(offeredStarter([unknown], fresh)).toBeUndefined();
  const tooBig: Starter = { ...starter, fit: { ...fit, verdict: 'too-big' } };
  expect(offeredStarter([tooBig], fresh)).toBeUndefined();
});

test('promises nothing while the hub cannot be asked', () => {
  expect(offeredStarter([starter], { ...fresh, isStale: true })).toBeUndefined();
  expect(offeredStarter([starter], undefined)).toBeUndefined();
  expect(offeredStarter(undefined, fresh)).toBeUndefined();
});

test('another usable chat model ends the offer; one that only embeds or is broken does not', () => {
  const guide = modelOf('bundled');
  expect(hasOnlyGuide([guide])).toBe(true);
  expect(hasOnlyGuide([guide, modelOf('found')])).toBe(false);
  expect(hasOnlyGuide([guide, modelOf('library', { problem: 'cut off' })])).toBe(true);
  expect(hasOnlyGuide([])).toBe(false);
  expect(hasOnlyGuide(undefined)).toBe(false);
});
