import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelManifest } from '../../src-main/core/model.ts';
import {
  parameterCountOf,
  writeRandomModel,
  type RandomModelOptions,
} from '../../src-main/testing/random-gguf.ts';
import { progress } from './progress.ts';

/** Raised when the generator writes other files for the same options. */
const generatorVersion = 1;

/** A model of random weights in the temporary folder; made once per set of options. */
export function generatedModel(options: RandomModelOptions): ModelManifest {
  const folder = join(tmpdir(), 'millpond-bench-models');
  const key = createHash('sha256')
    .update(JSON.stringify([generatorVersion, options]))
    .digest('hex');
  const path = join(folder, `${key.slice(0, 16)}.gguf`);
  const name = `${options.name ?? 'Random'} (${millions(parameterCountOf(options))} parameters)`;
  if (!existsSync(path)) {
    progress(`writing ${name} to ${path}`);
    mkdirSync(folder, { recursive: true });
    // Another benchmark may write it too: each writes its own file and the last rename wins.
    const unfinished = `${path}.${String(process.pid)}`;
    writeRandomModel(unfinished, options);
    renameSync(unfinished, path);
  }
  return { id: key, name, format: 'gguf', path, sizeBytes: statSync(path).size, source: 'library' };
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(1)} million`;
}
