import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CompletionInput } from '../../core/inference.ts';
import type { ModelManifest } from '../../core/model.ts';
import { pngUrl } from '../../testing/png.ts';
import { tinyRandomModel, writeRandomModel } from '../../testing/random-gguf.ts';
import { writeRandomProjector } from '../../testing/random-projector.ts';
import { sidecarDeps } from '../../testing/sidecar-deps.ts';
import {
  chatRequest,
  chunksOf,
  describeEngine,
  finishOf,
  requestOf,
  textOf,
} from '../engine.contract.ts';
import type { InferenceEngine } from '../engine.ts';
import { createLlamaServer } from './llama-server.ts';

const deps = sidecarDeps();
const server = createLlamaServer(deps);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-llama-server-'));
  writeRandomModel(join(folder, 'random.gguf'), tinyRandomModel);
  writeRandomProjector(join(folder, 'mmproj.gguf'), tinyRandomModel.width);
});

afterAll(async () => {
  await deps.http.close();
  rmSync(folder, { recursive: true });
});

function random(): ModelManifest {
  return {
    id: 'random',
    name: 'Random',
    format: 'gguf',
    path: join(folder, 'random.gguf'),
    sizeBytes: 300_000,
    source: 'library',
  };
}

function load(model: ModelManifest): Promise<InferenceEngine> {
  return server.load({
    model,
    options: { slots: 2, contextLength: 2048 },
    onProgress: () => {},
    signal: new AbortController().signal,
  });
}

async function describePicture(
  engine: InferenceEngine,
  colour?: readonly [number, number, number],
) {
  const text = { type: 'text', text: 'hello' } as const;
  const chunks = await chunksOf(
    engine,
    chatRequest('', {
      messages: [
        {
          role: 'user',
          content:
            colour === undefined ? [text] : [text, { type: 'image', url: pngUrl(28, colour) }],
        },
      ],
      sampling: { temperature: 0 },
      maxTokens: 20,
    }),
  );
  return { said: textOf(chunks), promptTokens: finishOf(chunks).usage.promptTokens };
}

describeEngine('llama-server', async () => ({
  engine: await load(random()),
  longQuestion: 'hello world, how are you',
  hidesStopSequence: true,
}));

test('sees pictures with a projector, and answers another picture in another way', async () => {
  const engine = await load({ ...random(), projectorPath: join(folder, 'mmproj.gguf') });
  try {
    expect(engine.facts.capabilities.vision).toBe(true);
    const nothing = await describePicture(engine);
    const red = await describePicture(engine, [255, 0, 0]);
    const blue = await describePicture(engine, [0, 0, 255]);
    expect(red.promptTokens).toBeGreaterThan(nothing.promptTokens);
    expect(blue.promptTokens).toBe(red.promptTokens);
    expect(blue.said).not.toBe(red.said);
  } finally {
    await engine.dispose();
  }
});

test('without a projector it says that it cannot see', async () => {
  const engine = await load(random());
  try {
    expect(engine.facts.capabilities.vision).toBe(false);
  } finally {
    await engine.dispose();
  }
});

test('the prefix of one tenant is never reused for another', async () => {
  const engine = await load(random());
  try {
    const ask = async (tenant: string) => {
      const input: CompletionInput = {
        task: 'completion',
        prompt: 'hello world '.repeat(50),
        echo: false,
        format: { type: 'text' },
        sampling: {},
        stop: [],
        choices: 1,
        maxTokens: 2,
      };
      return finishOf(await chunksOf(engine, requestOf(input, tenant))).usage.cachedTokens;
    };
    // Two tenants fill both slots, so that the third has to take one that is in use.
    expect([await ask('a'), await ask('b'), await ask('c')]).toEqual([0, 0, 0]);
    expect(await ask('c')).toBeGreaterThan(50);
    expect(await ask('a')).toBe(0);
  } finally {
    await engine.dispose();
  }
});
