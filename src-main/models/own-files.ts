import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile } from './model-files.ts';

/** Every file that makes a model: weights, projector, and what else lies in an MLX folder. */
export async function filesOf(file: ModelFile): Promise<readonly string[]> {
  const projector = file.projectorPath === undefined ? [] : [file.projectorPath];
  if (file.format === 'gguf') return [...file.parts, ...projector];
  const entries = await readdir(file.path, { withFileTypes: true });
  const inside = entries.filter((entry) => !entry.isDirectory() && !/\.gguf$/i.test(entry.name));
  const visible = inside.filter((entry) => !entry.name.startsWith('.'));
  return [...new Set([...visible.map((entry) => join(file.path, entry.name)), ...projector])];
}
