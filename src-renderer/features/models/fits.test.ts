import { expect, test } from 'vitest';
import type { FitView } from '../../api.ts';
import { fitKey, nextWithoutFit } from './fits.ts';
import { modelNamed } from '../../state/model-fixture.ts';

const fit: FitView = {
  verdict: 'fits',
  predictedBytes: 1,
  gpuBytes: 0,
  limitBytes: 2,
  contextLength: 4096,
  slots: 1,
};

test('fits are worked out in the order of the rows, each once', () => {
  const models = [modelNamed('A'), modelNamed('B'), modelNamed('C')];
  const known = {
    fits: new Map([[fitKey('a', {}), fit]]),
    failed: new Set([fitKey('b', {})]),
  };
  expect(nextWithoutFit(models, known)?.id).toBe('c');
});

test('other options ask again', () => {
  const known = { fits: new Map([[fitKey('a', {}), fit]]), failed: new Set<string>() };
  const changed = modelNamed('A', { options: { contextLength: 8192 } });
  expect(nextWithoutFit([changed], known)?.id).toBe('a');
});

test('nothing is asked about what is loaded, broken or kept by a server', () => {
  const models = [
    modelNamed('Loaded', { state: { phase: 'ready', since: 0 } }),
    modelNamed('Broken', { problem: 'The file is cut short' }),
    modelNamed('Elsewhere', { source: 'attached' }),
  ];
  expect(nextWithoutFit(models, { fits: new Map(), failed: new Set() })).toBeUndefined();
});
