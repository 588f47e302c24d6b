import { dirname, join } from 'node:path';
import type { ModelFormat } from '../core/model.ts';
import { usualLimits, walkFolders } from './folder-walk.ts';
import type { WalkLimits, WalkedFolder } from './folder-walk.ts';
import { isFolder, measureFiles, segmentsBelow } from './measure-files.ts';
import { describeMlxFolder, isMlxFolder } from './mlx-folder.ts';
import { shardOf } from './model-name.ts';
import { isProjector, pickProjector } from './projector.ts';

/** One model on disk: a file, the parts of a split one, or a folder (`mlx`). */
export interface ModelFile {
  readonly format: ModelFormat;
  /** What an engine opens: the file, its first part, or the folder. */
  readonly path: string;
  /** The files that hold the weights, in order; just `path` for a whole file. */
  readonly parts: readonly string[];
  /** Names of folders and file below the folder that was searched. */
  readonly segments: readonly string[];
  /** Of all its files together, without the projector. */
  readonly sizeBytes: number;
  /** The newest of all parts, epoch milliseconds. */
  readonly modifiedMs: number;
  /** How many parts are not there. */
  readonly missingParts: number;
  /** About what the missing parts hold together; 0 when nothing is missing or nothing tells. */
  readonly missingBytes: number;
  /** The same for every path that leads to the very same file: links and hard links. */
  readonly identity: string;
  /** The file that lets it see, if one lies beside it. */
  readonly projectorPath?: string;
}

/**
 * Finds every model below a folder in the order of their paths: `*.gguf` with the parts of split
 * models joined, and folders in the MLX layout. A missing folder is empty.
 */
export async function findModelFiles(
  folder: string,
  limits: WalkLimits = usualLimits,
): Promise<readonly ModelFile[]> {
  const found: ModelFile[] = [];
  for await (const walked of walkFolders(folder, limits)) {
    found.push(...(await describeFolder(folder, walked)));
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The model that a path is: a file, any part of a split set, or a folder in the MLX layout. Undefined
 * if it is none of these.
 */
export async function findModelOf(path: string): Promise<ModelFile | undefined> {
  const folder = (await isFolder(path)) ? path : dirname(path);
  const models = await findModelFiles(folder, { ...usualLimits, maxDepth: 0 });
  return models.find((model) => model.path === path || model.parts.includes(path));
}

async function describeFolder(root: string, walked: WalkedFolder): Promise<readonly ModelFile[]> {
  const found: ModelFile[] = [];
  const underWay = walked.files.filter((name) => name.endsWith('.part'));
  if (isMlxFolder(walked.files) && underWay.length === 0) {
    const mlx = await describeMlxFolder(root, walked);
    if (mlx) found.push(mlx);
  }
  const ggufs = walked.files.filter((name) => /\.gguf$/i.test(name));
  const projectors = ggufs.filter(isProjector);
  // Parts of a set arrive one after the other: it is no model before the last has come.
  const arriving = new Set(underWay.map((name) => groupKey(name.slice(0, -'.part'.length))));
  const models = ggufs.filter((name) => !isProjector(name) && !arriving.has(groupKey(name)));
  for (const names of Map.groupBy(models, groupKey).values()) {
    const file = await describeGguf(root, walked.path, names);
    if (!file) continue;
    const projector = pickProjector(names[0] ?? '', projectors);
    found.push(
      projector === undefined ? file : { ...file, projectorPath: join(walked.path, projector) },
    );
  }
  return found;
}

function groupKey(name: string): string {
  return shardOf(name) === undefined ? name : name.replace(/-\d{5}-of-/, '-*-of-');
}

async function describeGguf(
  root: string,
  folder: string,
  names: readonly string[],
): Promise<ModelFile | undefined> {
  const parts = names.map((name) => join(folder, name));
  const measured = await measureFiles(parts);
  const [path] = parts;
  if (path === undefined || measured === undefined) return undefined;
  const missingParts = (shardOf(path)?.count ?? 1) - parts.length;
  // Parts of a set are cut to the same size, the last one apart.
  const missingBytes = Math.round((missingParts * measured.sizeBytes) / parts.length);
  const segments = segmentsBelow(root, path);
  return { format: 'gguf', path, parts, segments, ...measured, missingParts, missingBytes };
}
