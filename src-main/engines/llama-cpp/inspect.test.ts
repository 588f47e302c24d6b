import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parameterCountOf, tinyRandomModel, writeRandomModel } from '../../testing/random-gguf.ts';
import type { HeaderPart } from '../hosting/host-protocol.ts';
import { writeScriptedModel } from '../../testing/scripted-gguf.ts';
import { openBackend } from './backend.ts';
import type { Backend } from './backend.ts';
import { inspectModel } from './inspect.ts';
import { LlamaEngine } from './llama-engine.ts';
import { StudiedModels } from './studied-models.ts';
import { promisedMs } from '../../testing/patience.ts';

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
  const { facts, contextLength, slots } = await inspectModel({ path: guide, options: {} }, backend);
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
  const { facts } = await inspectModel({ path, options: {} }, backend);
  expect(facts.capabilities.reasoning).toBe(true);
});

test.each([
  {},
  { slots: 1 },
  { contextLength: 1000, slots: 3 },
  { flashAttention: false },
  { cacheType: 'q8_0' },
  { cacheType: 'q4_0', slots: 2 },
  { cacheType: 'q8_0', flashAttention: false },
  { gpus: [] },
] as const)('predicts exactly what a load with %o then takes', async (options) => {
  const path = join(folder, 'random.gguf');
  writeRandomModel(path, { ...tinyRandomModel, headWidth: 32 });
  for (const model of [guide, path]) {
    const inspection = await inspectModel({ path: model, options }, backend);
    const engine = await LlamaEngine.load({ path: model, options, defaultThreads: 1, gpu: false });
    expect(inspection).toMatchObject({
      reservedBytes: engine.facts.memoryBytes,
      contextLength: engine.facts.contextLength,
      slots: engine.facts.slots,
    });
    await engine.dispose();
  }
});

test('a cache type that the model cannot use is refused by inspection and load with the same sentence', async () => {
  const path = join(folder, 'small-heads.gguf');
  writeRandomModel(path, tinyRandomModel);
  const options = { cacheType: 'q8_0' } as const;
  const sentence = /^small-heads\.gguf cannot keep its cache as q8_0: .*choose the cache type f16$/;
  await expect(inspectModel({ path, options }, backend)).rejects.toThrow(sentence);
  await expect(LlamaEngine.load({ path, options, defaultThreads: 1, gpu: false })).rejects.toThrow(
    sentence,
  );
});

describe('a header without its file', () => {
  const headOf = (path: string, to: string): HeaderPart => {
    const file = readFileSync(path);
    const headerBytes = Math.floor(file.length / 2);
    writeFileSync(to, file.subarray(0, headerBytes));
    return { path: to, headerBytes, totalBytes: file.length };
  };

  test('gives the same answer as the file', async () => {
    const path = join(folder, 'whole.gguf');
    writeRandomModel(path, { ...tinyRandomModel, width: 256, feedForward: 1024 });
    const part = headOf(path, join(folder, 'head-of-whole.gguf'));
    for (const options of [{}, { contextLength: 1000, slots: 3 }]) {
      const question = { path: part.path, options, header: { parts: [part] } };
      expect(await inspectModel(question, backend)).toEqual(
        await inspectModel({ path, options }, backend),
      );
    }
  });

  test('may end with the last byte that is not padding', async () => {
    const path = join(folder, 'padded.gguf');
    writeRandomModel(path, tinyRandomModel);
    const { infoEndOffset = 0 } = await readGgufFileInfo(path, { sourceType: 'filesystem' });
    const file = readFileSync(path);
    let headerBytes = infoEndOffset;
    while (file[headerBytes - 1] === 0) headerBytes -= 1;
    expect(headerBytes).toBeLessThan(infoEndOffset);
    const header = join(folder, 'head-of-padded.gguf');
    writeFileSync(header, file.subarray(0, headerBytes));
    const parts = [{ path: header, headerBytes, totalBytes: file.length }];
    expect(await inspectModel({ path: header, options: {}, header: { parts } }, backend)).toEqual(
      await inspectModel({ path, options: {} }, backend),
    );
  });

  test('is refused when it is not whole', async () => {
    const part = headOf(guide, join(folder, 'head-of-guide.gguf'));
    const parts = [{ ...part, headerBytes: 5000 }];
    await expect(
      inspectModel({ path: part.path, options: {}, header: { parts } }, backend),
    ).rejects.toThrow('did not arrive whole');
  });

  test('is refused when the whole file is too short for its tensors', async () => {
    const part = headOf(guide, join(folder, 'cut-head.gguf'));
    const parts = [{ ...part, totalBytes: part.totalBytes - 1_000_000 }];
    await expect(
      inspectModel({ path: part.path, options: {}, header: { parts } }, backend),
    ).rejects.toThrow('incomplete or damaged');
  });
});

test('a context that is far too large is an answer at once, not an error', async () => {
  const startedAt = performance.now();
  const options = { contextLength: 100_000_000, slots: 8 };
  const inspection = await inspectModel({ path: guide, options }, backend);
  expect(inspection.fitsFreeMemory).toBe(false);
  expect(inspection.predictedBytes).toBeGreaterThan(1e12);
  expect(performance.now() - startedAt).toBeLessThan(promisedMs(5000));
});

test('counts what is read for one token: no table of tokens, and the rest once', async () => {
  const path = join(folder, 'active.gguf');
  writeRandomModel(path, tinyRandomModel);
  const { bytesPerToken } = await inspectModel({ path, options: {} }, backend);
  const tableBytes = tinyRandomModel.vocabulary * tinyRandomModel.width * 2;
  const weights = parameterCountOf(tinyRandomModel) * 2;
  expect(bytesPerToken / (weights - tableBytes)).toBeCloseTo(1, 1);
});

test('what was read of a model serves other options, and is read again when the file changes', async () => {
  const path = join(folder, 'changing.gguf');
  const models = new StudiedModels();
  writeRandomModel(path, tinyRandomModel);
  const first = await inspectModel({ path, options: {} }, backend, models);
  const slots = await inspectModel({ path, options: { slots: 1 } }, backend, models);
  expect(slots).toEqual(await inspectModel({ path, options: { slots: 1 } }, backend));
  writeRandomModel(path, { ...tinyRandomModel, layers: 3 });
  const changed = await inspectModel({ path, options: {} }, backend, models);
  expect(changed.layers).toBe(first.layers + 1);
  expect(changed).toEqual(await inspectModel({ path, options: {} }, backend));
});
