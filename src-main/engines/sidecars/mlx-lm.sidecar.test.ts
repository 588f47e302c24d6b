import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { ModelManifest } from '../../core/model.ts';
import { writeRandomMlxModel } from '../../testing/random-mlx-model.ts';
import { sidecarDeps } from '../../testing/sidecar-deps.ts';
import { describeEngine } from '../engine.contract.ts';
import { createMlxLm } from './mlx-lm.ts';

const deps = sidecarDeps();
const server = createMlxLm(deps);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-mlx-'));
  writeRandomMlxModel(join(folder, 'random'));
});

afterAll(async () => {
  await deps.http.close();
  rmSync(folder, { recursive: true });
});

function random(): ModelManifest {
  return {
    id: 'random',
    name: 'Random',
    format: 'mlx',
    path: join(folder, 'random'),
    sizeBytes: 500_000,
    source: 'library',
  };
}

describeEngine('mlx_lm.server', async () => ({
  engine: await server.load({
    model: random(),
    options: { slots: 2, contextLength: 256 },
    onProgress: () => {},
    signal: new AbortController().signal,
  }),
  longQuestion: 'hello world, how are you',
}));
