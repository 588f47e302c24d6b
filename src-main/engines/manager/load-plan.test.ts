import { describe, expect, test } from 'vitest';
import type { LoadOptions, ModelManifest } from '../../core/model.ts';
import { modelInspection } from '../../testing/model-inspection.ts';
import { leanerOptions, planLoad } from './load-plan.ts';
import type { ModelProbe } from '../ports.ts';

const model: ModelManifest = {
  id: 'm',
  name: 'M',
  format: 'gguf',
  path: '/m.gguf',
  sizeBytes: 1000,
  source: 'library',
};

/** Takes 1000 bytes for the weights and one for each token of each slot. */
const probe: ModelProbe = {
  inspect(_path, { slots = 4, contextLength = 8192 }) {
    return Promise.resolve(
      modelInspection({ predictedBytes: 1000 + slots * contextLength, slots, contextLength }),
    );
  },
};

const plan = (budgetBytes: number, options: LoadOptions = {}) =>
  planLoad(probe, {
    model,
    options,
    degradation: 'none',
    budgetBytes,
    signal: new AbortController().signal,
  });

describe('planLoad', () => {
  test('leaves everything to the engine while there is room', async () => {
    expect(await plan(100_000)).toEqual({ options: {}, predictedBytes: 33_768 });
  });

  test('gives up slots first, then context, and says so', async () => {
    expect(await plan(20_000)).toMatchObject({ options: { slots: 2, contextLength: 8192 } });
    expect(await plan(6000)).toEqual({
      options: { slots: 1, contextLength: 4096 },
      predictedBytes: 5096,
      notice: 'To stay within the memory for models it runs with one slot of 4096 tokens',
    });
  });

  test('never touches what a person chose', async () => {
    expect(await plan(6000, { slots: 2 })).toMatchObject({
      options: { slots: 2, contextLength: 2048 },
    });
    expect(await plan(6000, { slots: 2, contextLength: 8192 })).toEqual({
      options: { slots: 2, contextLength: 8192 },
      predictedBytes: 17_384,
    });
  });

  test('stops at the smallest useful context, so that the refusal names what is missing', async () => {
    expect(await plan(10)).toMatchObject({
      options: { slots: 1, contextLength: 2048 },
      predictedBytes: 3048,
    });
  });
});

test('a model with a short context keeps it', () => {
  expect(leanerOptions({}, {}, { slots: 1, contextLength: 512 })).toBeUndefined();
});
