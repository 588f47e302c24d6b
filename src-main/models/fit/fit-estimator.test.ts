import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LoadOptions, ModelManifest } from '../../core/model.ts';
import { modelInspection } from '../../testing/model-inspection.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createExperienceFile } from './experience-file.ts';
import { FitEstimator } from './fit-estimator.ts';
import type { FitLimits } from './fit.ts';
import type { ExperienceStore, FitProbe } from './ports.ts';

const never = new AbortController().signal;
const megabyte = 1e6;
const manifest: ModelManifest = {
  id: 'm',
  name: 'M',
  format: 'gguf',
  path: '/m.gguf',
  sizeBytes: 400 * megabyte,
  source: 'library',
};
const facts = modelInspection().facts;

let asked: LoadOptions[];
let readTests: number;
let kept: string | undefined;
let limits: FitLimits;
let machine: string;
let gpuNames: readonly string[];

/** 400 MB of weights, and 10 kB for each token of each slot, half as much when compressed. */
const probe: FitProbe = {
  inspect(_path, options) {
    asked.push(options);
    const { contextLength = 8192, slots = 4, cacheType = 'f16' } = options;
    const tokenBytes = cacheType === 'f16' ? 10_000 : 5000;
    return Promise.resolve(
      modelInspection({
        facts: { ...facts, trainedContextLength: 32_768 },
        predictedBytes: 400 * megabyte + slots * contextLength * tokenBytes,
        bytesPerToken: 400 * megabyte,
        ...{ contextLength, slots },
      }),
    );
  },
  inspectHeader: (_header, options, signal) => probe.inspect('', options, signal),
  readSpeed: () => {
    readTests += 1;
    return Promise.resolve(20e9);
  },
};
const memoryStore: ExperienceStore = {
  load: () => Promise.resolve(kept),
  save: (text) => {
    kept = text;
    return Promise.resolve();
  },
};

async function open(store = memoryStore): Promise<FitEstimator> {
  const estimator = new FitEstimator({
    probe,
    machine: {
      limits: () => limits,
      gpuNames: () => gpuNames,
      fingerprint: () => machine,
      threads: () => 2,
    },
    store,
  });
  await estimator.open();
  return estimator;
}

beforeEach(() => {
  asked = [];
  readTests = 0;
  kept = undefined;
  limits = { limitBytes: 600 * megabyte, isUnified: false };
  machine = 'a computer';
  gpuNames = [];
});

describe('a fit', () => {
  test('holds the prediction against the limits, and reckons the speed from one reading test', async () => {
    const estimator = await open();
    const fit = await estimator.ofModel(manifest, { contextLength: 1000, slots: 1 }, never);
    expect(fit).toMatchObject({ verdict: 'fits', predictedBytes: 410 * megabyte });
    expect(fit.tokensPerSecond).toBeCloseTo((20e9 * 0.7) / 400e6);
    await estimator.ofModel(manifest, {}, never);
    expect(readTests).toBe(1);
  });

  test('compares models at one long conversation, never beyond what they were trained for', async () => {
    const estimator = await open();
    const fit = await estimator.atUsualSettings({ manifest }, never);
    expect(fit).toMatchObject({ slots: 1 });
    expect(fit.contextLength).toBeLessThanOrEqual(16_384);
  });

  test('of a header is judged as a file would be', async () => {
    const estimator = await open();
    expect(await estimator.of({ header: { parts: [] } }, {}, never)).toMatchObject({
      verdict: 'too-big',
      reason: { kind: 'lacks-memory' },
    });
  });

  test('of an MLX folder is reckoned from its configuration', async () => {
    const path = join(temporaryFolder(), 'mlx');
    mkdirSync(path);
    const config = {
      model_type: 'qwen3',
      num_hidden_layers: 10,
      num_attention_heads: 8,
      num_key_value_heads: 2,
      hidden_size: 512,
      max_position_embeddings: 4096,
    };
    writeFileSync(join(path, 'config.json'), JSON.stringify(config));
    limits = { limitBytes: 2e9, isUnified: false };
    const estimator = await open();
    const fit = await estimator.ofModel({ ...manifest, format: 'mlx', path }, {}, never);
    const cacheBytes = 2 * 10 * 2 * 64 * 2 * 4096;
    expect(fit).toMatchObject({ verdict: 'fits', contextLength: 4096, slots: 1 });
    expect(fit.predictedBytes).toBe(400e6 + 400e6 * 1.05 + cacheBytes);
    writeFileSync(join(path, 'config.json'), '{}');
    await expect(
      estimator.ofModel({ ...manifest, format: 'mlx', path }, {}, never),
    ).rejects.toThrow('M does not say how large it is');
  });
});

describe('a suggestion', () => {
  test('for context is the longest that fits, compressed where that helps', async () => {
    const estimator = await open();
    const { options, fit } = await estimator.suggest({ manifest }, 'context', never);
    expect(options).toEqual({ contextLength: 32_768, slots: 1, cacheType: 'q8_0' });
    expect(fit.verdict).toBe('fits');
  });

  test('for speed keeps two slots while they fit', async () => {
    const estimator = await open();
    const { options } = await estimator.suggest({ manifest }, 'speed', never);
    expect(options).toEqual({ contextLength: 4096, slots: 2, cacheType: 'f16' });
  });

  test('falls back to a modest context where nothing fits, never to the one of the model', async () => {
    limits = { limitBytes: 10 * megabyte, isUnified: false };
    const estimator = await open();
    const { options, fit } = await estimator.suggest({ manifest }, 'context', never);
    expect(options).toMatchObject({ contextLength: 4096 });
    expect(fit.verdict).toBe('too-big');
  });
});

describe('what this machine taught', () => {
  const predicted = { cpuBytes: 500 * megabyte, gpuBytes: 0 };

  test('corrects later predictions, also after a restart', async () => {
    const first = await open();
    await first.learnLoad({ predicted, measuredBytes: 530 * megabyte });
    await first.learnSpeed({ bytesPerToken: 400e6, gpuShare: 0, tokensPerSecond: 25 });
    const second = await open();
    expect(second.correct(predicted)).toEqual({ cpuBytes: 530 * megabyte, gpuBytes: 0 });
    const fit = await second.ofModel(manifest, { contextLength: 1000, slots: 1 }, never);
    expect(fit.predictedBytes).toBe(440 * megabyte);
    expect(fit.tokensPerSecond).toBeCloseTo(25);
    expect(readTests).toBe(0);
  });

  test('of loads beside a graphics card is kept apart from loads without', async () => {
    const estimator = await open();
    const beside = { cpuBytes: 300 * megabyte, gpuBytes: 900 * megabyte };
    await estimator.learnLoad({
      predicted: beside,
      measuredBytes: 600 * megabyte,
      measuredGpuBytes: 950 * megabyte,
    });
    expect(estimator.correct(beside)).toEqual({
      cpuBytes: 600 * megabyte,
      gpuBytes: 950 * megabyte,
    });
    expect(estimator.correct(predicted)).toEqual(predicted);
  });

  test('does not count for another machine, and counts again when the card is back', async () => {
    const estimator = await open();
    await estimator.learnLoad({ predicted, measuredBytes: 530 * megabyte });
    machine = 'the same computer without its card';
    expect(estimator.correct(predicted)).toEqual(predicted);
    await estimator.learnLoad({ predicted, measuredBytes: 480 * megabyte });
    machine = 'a computer';
    expect((await open()).correct(predicted).cpuBytes).toBe(530 * megabyte);
    expect(estimator.correct(predicted).cpuBytes).toBe(530 * megabyte);
  });

  test('is not believed when its file is damaged', async () => {
    const path = join(temporaryFolder(), 'experience.json');
    writeFileSync(path, '{"version":1,');
    const estimator = await open(createExperienceFile(path));
    expect(estimator.correct(predicted)).toEqual(predicted);
    await estimator.learnLoad({ predicted, measuredBytes: 530 * megabyte });
    const again = await open(createExperienceFile(path));
    expect(again.correct(predicted).cpuBytes).toBe(530 * megabyte);
  });

  test('about cards comes from their makers until answers tell', async () => {
    gpuNames = ['NVIDIA GeForce RTX 3060', 'Raphael'];
    const estimator = await open();
    const whole = { bytesPerToken: 3.6e9, gpuLayers: 33, layers: 33 };
    expect(estimator.predictedSpeed(whole)).toBeCloseTo(60);
    await estimator.learnSpeed({ bytesPerToken: 3.6e9, gpuShare: 1, tokensPerSecond: 75 });
    expect(estimator.predictedSpeed(whole)).toBeCloseTo(75);
    gpuNames = ['A card nobody knows'];
    expect((await open()).predictedSpeed(whole)).toBeCloseTo(75);
  });
});
