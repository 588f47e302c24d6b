import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { ModelManifest } from '../../core/model.ts';
import { tinyRandomModel, writeRandomModel } from '../../testing/random-gguf.ts';
import { sidecarDeps } from '../../testing/sidecar-deps.ts';
import { describeEngine } from '../engine.contract.ts';
import { createLlamaServer } from './llama-server.ts';

const deps = sidecarDeps();
const server = createLlamaServer(deps);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-llama-server-'));
  writeRandomModel(join(folder, 'random.gguf'), tinyRandomModel);
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

describeEngine('llama-server', async () => ({
  engine: await server.load({
    model: random(),
    options: { slots: 2, contextLength: 2048 },
    onProgress: () => {},
    signal: new AbortController().signal,
  }),
  longQuestion: 'hello world, how are you',
  hidesStopSequence: true,
}));
