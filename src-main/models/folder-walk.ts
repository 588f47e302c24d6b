import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFileError, fileErrorCode } from '../platform/file-error.ts';
import { isFolder } from './measure-files.ts';

/** One folder with the names of what lies directly in it, sorted. */
export interface WalkedFolder {
  readonly path: string;
  readonly files: readonly string[];
}

export interface WalkLimits {
  /** Folders deeper than this are not opened; 0 looks only into the first. */
  readonly maxDepth: number;
  /** After so many names the walk ends with what it has. */
  readonly maxEntries: number;
}

/** Deeper or larger trees are not model folders; a mistaken `/` must not be searched for an hour. */
export const usualLimits: WalkLimits = { maxDepth: 6, maxEntries: 50_000 };

interface Walk {
  readonly limits: WalkLimits;
  /** Real paths: a folder that several links lead to is opened once. */
  readonly visited: Set<string>;
  seen: number;
}

/**
 * Opens a folder and everything below it, links followed, hidden names left out, each real folder
 * once. A missing folder is empty; one that is closed to us rejects, but only if it is the first.
 */
export async function* walkFolders(
  folder: string,
  limits: WalkLimits = usualLimits,
): AsyncGenerator<WalkedFolder> {
  const real = await realpath(folder).catch(() => folder);
  yield* walk(folder, 0, { limits, visited: new Set([real]), seen: 0 });
}

async function* walk(path: string, depth: number, state: Walk): AsyncGenerator<WalkedFolder> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of await readFolder(path, depth === 0)) {
    state.seen += 1;
    if (state.seen > state.limits.maxEntries) break;
    if (entry.name.startsWith('.')) continue;
    // A link to a model is listed even when it is dead; whoever describes it finds out.
    if (entry.isFile()) files.push(entry.name);
    else if (await isFolder(join(path, entry.name))) folders.push(entry.name);
    else files.push(entry.name);
  }
  yield { path, files: files.toSorted() };
  if (depth >= state.limits.maxDepth) return;
  for (const name of folders.toSorted()) {
    if (state.seen > state.limits.maxEntries) return;
    if (await isNew(join(path, name), state)) yield* walk(join(path, name), depth + 1, state);
  }
}

async function isNew(path: string, { visited }: Walk): Promise<boolean> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined || visited.has(real)) return false;
  visited.add(real);
  return true;
}

async function readFolder(path: string, isFirst: boolean) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (!isFirst || fileErrorCode(error) === 'ENOENT') return [];
    throw explainFileError(error, 'read', path);
  }
}
