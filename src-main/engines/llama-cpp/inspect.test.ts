import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyRandomModel, writeRandomModel } from '../../testing/random-gguf.ts';
import { writeScriptedModel } from '../../testing/scripted-gguf.ts';
import { openBackend } from './backend.ts';
import type { Backend } from './backend.ts';
import { inspectModel } from './inspect.ts';
import { LlamaEngine } from './llama-engine.ts';

const guide = join(import.meta.dirname, '../../../resources/models/guide/guide-q8_0.gguf');
let folder: string;
let backend: Backend;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-inspect-'));
  backend = await openBackend({ maxThreads: 1, gpu: false });
});

afterAll(async () => {
  await backend.llama.dispose();
  rmSync(folder, { recursive: true });
});

test('reads what the bundled model is', async () => {
  const { facts, contextLength, slots } = await inspectModel(guide, {}, backend);
  expect(facts).toEqual({
    architecture: 'llama',
    displayName: 'Millpond Guide',
    quantization: 'Q8_0',
    parameterCount: 3_246_528,
    trainedContextLength: 2048,
    capabilities: {
      chat: true,
      completion: true,
      embedding: true,
      rerank: false,
      tools: true,
      reasoning: false,
      vision: false,
      continuation: true,
    },
  });
  expect({ contextLength, slots }).toEqual({ contextLength: 2048, slots: 4 });
});

test('knows a model that thinks by its template', async () => {
  const path = join(folder, 'thinker.gguf');
  writeScriptedModel(path, { says: 'Hello there.', reasoning: true });
  const { facts } = await inspectModel(path, {}, backend);
  expect(facts.capabilities.reasoning).toBe(true);
});

test.each([
  {},
  { slots: 1 },
  { contextLength: 1000, slots: 3 },
  { flashAttention: false },
] as const)('predicts exactly what a load with %o then takes', async (options) => {
  const path = join(folder, 'random.gguf');
  writeRandomModel(path, tinyRandomModel);
  for (const model of [guide, path]) {
    const inspection = await inspectModel(model, options, backend);
    const engine = await LlamaEngine.load({ path: model, options, defaultThreads: 1, gpu: false });
    expect(inspection).toMatchObject({
      predictedBytes: engine.facts.memoryBytes,
      contextLength: engine.facts.contextLength,
      slots: engine.facts.slots,
    });
    await engine.dispose();
  }
});
