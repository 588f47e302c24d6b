import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { explainFileError, fileErrorCode } from '../platform/file-error.ts';
import { shardOf } from './model-name.ts';

/** One model on disk: a file, or the parts of a split one. */
export interface ModelFile {
  /** What an engine opens: the file or its first part. */
  readonly path: string;
  /** The parts in order; just `path` for a whole file. */
  readonly parts: readonly string[];
  /** Names of folders and file below the folder that was searched. */
  readonly segments: readonly string[];
  /** Of all parts together. */
  readonly sizeBytes: number;
  /** The newest of all parts, epoch milliseconds. */
  readonly modifiedMs: number;
  /** How many parts are not there. */
  readonly missingParts: number;
}

/** Folders deeper than this are not searched. */
const maxDepth = 6;

/** Finds every `*.gguf` below a folder, parts of split models joined, in the order of their paths. A missing folder is empty. */
export async function findModelFiles(folder: string): Promise<readonly ModelFile[]> {
  const paths = await listGgufFiles(folder, maxDepth, new Set([await realpathOr(folder)]));
  const groups = Map.groupBy(paths.toSorted(), (path) => groupKey(path));
  const files = await Promise.all(groups.values().map((parts) => describeFile(folder, parts)));
  return files.filter((file) => file !== undefined);
}

/** The path itself when there is nothing behind it. */
async function realpathOr(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}

/** `visited` holds real paths: a folder that several links lead to is searched once. */
async function listGgufFiles(
  folder: string,
  depth: number,
  visited: Set<string>,
): Promise<readonly string[]> {
  const names = await readFolder(folder, depth === maxDepth);
  const found: string[] = [];
  for (const name of names.toSorted()) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    if (/\.gguf$/i.test(name)) {
      if (!isProjector(name)) found.push(path);
    } else if (depth > 0 && (await isNewFolder(path, visited))) {
      found.push(...(await listGgufFiles(path, depth - 1, visited)));
    }
  }
  return found;
}

async function isNewFolder(path: string, visited: Set<string>): Promise<boolean> {
  try {
    if (!(await stat(path)).isDirectory()) return false;
    const real = await realpath(path);
    if (visited.has(real)) return false;
    visited.add(real);
    return true;
  } catch {
    return false; // A dead or circular link, or removed meanwhile: nothing to search.
  }
}

/** Files that hold only the eyes of a vision model; they answer nothing by themselves. */
function isProjector(name: string): boolean {
  return /mmproj/i.test(name);
}

/** The names in a folder; none for one that is missing, or that lies deeper and is closed to us. */
async function readFolder(folder: string, isSearched: boolean): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (!isSearched || fileErrorCode(error) === 'ENOENT') return [];
    throw explainFileError(error, 'read', folder);
  }
}

function groupKey(path: string): string {
  return shardOf(path) === undefined ? path : path.replace(/-\d{5}-of-/, '-*-of-');
}

async function describeFile(
  folder: string,
  parts: readonly string[],
): Promise<ModelFile | undefined> {
  const [path] = parts;
  if (path === undefined) return undefined;
  try {
    const stats = await Promise.all(parts.map((part) => stat(part)));
    return {
      path,
      parts,
      segments: path.slice(folder.length).split(sep).filter(Boolean),
      sizeBytes: stats.reduce((sum, { size }) => sum + size, 0),
      modifiedMs: Math.max(...stats.map(({ mtimeMs }) => mtimeMs)),
      missingParts: (shardOf(path)?.count ?? 1) - parts.length,
    };
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined; // Removed since it was listed.
    throw error;
  }
}
