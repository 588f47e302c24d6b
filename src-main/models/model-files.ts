import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileErrorCode } from '../platform/file-error.ts';
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

/** Deeper folders are not searched: a link in a circle must end somewhere. */
const maxDepth = 6;

/** Finds every `*.gguf` below a folder, parts of split models joined, in the order of their paths. */
export async function findModelFiles(folder: string): Promise<readonly ModelFile[]> {
  const paths = await listGgufFiles(folder, maxDepth);
  const groups = Map.groupBy(paths.toSorted(), (path) => groupKey(path));
  const files = await Promise.all(groups.values().map((parts) => describeFile(folder, parts)));
  return files.filter((file) => file !== undefined);
}

async function listGgufFiles(folder: string, depth: number): Promise<string[]> {
  const entries = await readFolder(folder);
  const found = await Promise.all(
    entries.map(async (name) => {
      if (name.startsWith('.')) return [];
      const path = join(folder, name);
      if (/\.gguf$/i.test(name) && !isProjector(name)) return [path];
      return depth > 0 ? await listGgufFiles(path, depth - 1) : [];
    }),
  );
  return found.flat();
}

/** Files that hold only the eyes of a vision model; they answer nothing by themselves. */
function isProjector(name: string): boolean {
  return /mmproj/i.test(name);
}

/** The names in a folder; none for a plain file or a folder that vanished meanwhile. */
async function readFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'ENOTDIR' || code === 'ENOENT' || code === 'EACCES' || code === 'ELOOP') return [];
    throw error;
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
