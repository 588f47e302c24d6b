import { expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import { FakeEngine } from '../../testing/fake-engine.ts';
import { modelInspection } from '../../testing/model-inspection.ts';
import type { LoadForecast } from '../ports.ts';
import { LoadLessons } from './load-lessons.ts';

const finish: InferenceChunk = {
  type: 'finish',
  reason: 'stop',
  usage: { promptTokens: 1, cachedTokens: 0, completionTokens: 21, reasoningTokens: 0 },
  timings: { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs: 1000 },
};

async function* answer(fails = false): AsyncGenerator<InferenceChunk> {
  await Promise.resolve();
  if (fails) throw new Error('cut');
  yield finish;
}

function school() {
  const taught: object[] = [];
  const forecast: LoadForecast = {
    correct: (need) => need,
    predictedSpeed: () => 12,
    learnLoad: (outcome) => void taught.push(outcome),
    learnSpeed: (sample) => void taught.push(sample),
  };
  const inspection = modelInspection({
    predictedBytes: 900,
    gpuBytes: 300,
    gpuLayers: 1,
    layers: 4,
    bytesPerToken: 500,
  });
  const need = { cpuBytes: 700, gpuBytes: 300 };
  const engine = new FakeEngine({ residentBytes: 777 });
  const lessons = new LoadLessons({ engine, plan: { options: {}, inspection, need }, forecast });
  return { lessons, taught };
}

async function read(lessons: LoadLessons, fails?: boolean): Promise<void> {
  for await (const chunk of lessons.follow(answer(fails))) expect(chunk.type).toBe('finish');
}

test('the first whole answer teaches memory, every one teaches speed', async () => {
  const { lessons, taught } = school();
  await read(lessons);
  const speed = { bytesPerToken: 500, gpuShare: 0.25, tokensPerSecond: 20 };
  const memory = { predicted: { cpuBytes: 600, gpuBytes: 300 }, measuredBytes: 777 };
  expect(taught).toEqual([speed, memory]);
  await read(lessons);
  expect(taught).toEqual([speed, memory, speed]);
  expect(lessons.predictedTokensPerSecond).toBe(12);
  expect(lessons.measuredTokensPerSecond).toBe(20);
});

test('an answer that failed teaches nothing and fails as before', async () => {
  const { lessons, taught } = school();
  await expect(read(lessons, true)).rejects.toThrow('cut');
  expect(taught).toEqual([]);
});
