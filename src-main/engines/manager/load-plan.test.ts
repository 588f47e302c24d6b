import { describe, expect, test } from 'vitest';
import type { GpuFacts } from '../../core/hardware.ts';
import type { LoadOptions, ModelManifest } from '../../core/model.ts';
import { modelInspection } from '../../testing/model-inspection.ts';
import { leanerOptions, planLoad } from './load-plan.ts';
import type { LoadPlan } from './load-plan.ts';
import type { MemoryBudget, MemoryNeed } from './residency.ts';

const model: ModelManifest = {
  id: 'm',
  name: 'M',
  format: 'gguf',
  path: '/m.gguf',
  sizeBytes: 1000,
  source: 'library',
};

interface Circumstances {
  readonly options?: LoadOptions;
  readonly gpus?: readonly GpuFacts[];
  readonly correct?: (need: MemoryNeed) => MemoryNeed;
  readonly gpuBytes?: number;
}

/** Takes 1000 bytes for the weights and one for each token of each slot. */
function plan(budget: number | MemoryBudget, circumstances: Circumstances = {}): Promise<LoadPlan> {
  const {
    options = {},
    gpus = [],
    correct = (need: MemoryNeed) => need,
    gpuBytes = 0,
  } = circumstances;
  return planLoad(
    {
      inspect: ({ slots = 4, contextLength = 8192 }) => {
        const predictedBytes = 1000 + slots * contextLength + gpuBytes;
        return Promise.resolve(modelInspection({ predictedBytes, gpuBytes, slots, contextLength }));
      },
      correct,
    },
    {
      ...{ model, options, gpus, degradation: 'none' },
      budget: typeof budget === 'number' ? { cpuBytes: budget } : budget,
    },
  );
}

const card: GpuFacts = { name: 'RTX 3060', vendor: 'nvidia', memoryBytes: 12e9, isMissing: true };

describe('planLoad', () => {
  test('leaves everything to the engine while there is room', async () => {
    expect(await plan(100_000)).toMatchObject({ options: {}, need: { cpuBytes: 33_768 } });
    expect(await plan(100_000)).not.toHaveProperty('notice');
  });

  test('gives up slots first, then context, and says so', async () => {
    expect(await plan(20_000)).toMatchObject({ options: { slots: 2, contextLength: 8192 } });
    expect(await plan(6000)).toMatchObject({
      options: { slots: 1, contextLength: 4096 },
      need: { cpuBytes: 5096 },
      notice: 'To stay within the memory for models it runs with one slot of 4096 tokens',
    });
  });

  test('never touches what a person chose', async () => {
    expect(await plan(6000, { options: { slots: 2 } })).toMatchObject({
      options: { slots: 2, contextLength: 2048 },
    });
    const options = { slots: 2, contextLength: 8192 };
    expect(await plan(6000, { options })).toMatchObject({ options, need: { cpuBytes: 17_384 } });
  });

  test('stops at the smallest useful context, so that the refusal names what is missing', async () => {
    expect(await plan(10)).toMatchObject({
      options: { slots: 1, contextLength: 2048 },
      need: { cpuBytes: 3048 },
    });
  });

  test('holds what earlier loads taught against the budget, and keeps what the probe said', async () => {
    const correct = ({ cpuBytes }: MemoryNeed) => ({ cpuBytes: 2 * cpuBytes, gpuBytes: 0 });
    expect(await plan(50_000, { correct })).toMatchObject({
      options: { slots: 2, contextLength: 8192 },
      inspection: { cpuBytes: 17_384 },
      need: { cpuBytes: 34_768 },
    });
  });

  test('graphics memory has a limit of its own', async () => {
    const budget = { cpuBytes: 100_000, gpuBytes: 500 };
    const refused = await plan(budget, { gpuBytes: 501 });
    expect(refused.options).toEqual({ slots: 1, contextLength: 2048 });
    expect((await plan(budget, { gpuBytes: 500 })).options).toEqual({});
  });

  test('a card that disappeared is not silently replaced by the processor', async () => {
    await expect(plan(100_000, { gpus: [card] })).rejects.toMatchObject({
      code: 'model-load-failed',
      message: expect.stringMatching(
        /^M was not loaded: RTX 3060 has disappeared.*choose the processor/,
      ) as string,
    });
    const options = { gpus: [] };
    expect(await plan(100_000, { gpus: [card], options })).toMatchObject({ options });
  });

  test('another card may take over, and the model says so', async () => {
    const other = { ...card, name: 'RTX 4090', isMissing: false };
    expect(await plan(100_000, { gpus: [card, other] })).toMatchObject({
      notice: 'Running without RTX 3060, which has disappeared',
    });
  });
});

test('a model with a short context keeps it', () => {
  expect(leanerOptions({}, {}, { slots: 1, contextLength: 512 })).toBeUndefined();
});
