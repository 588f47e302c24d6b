import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileErrorCode } from '../platform/file-error.ts';

export interface FileMeasures {
  /** Of all files together. */
  readonly sizeBytes: number;
  /** The newest of them, epoch milliseconds. */
  readonly modifiedMs: number;
  /** The same for every path that leads to the very same files: links and hard links. */
  readonly identity: string;
}

/** What the system says about some files together; undefined when one of them is not there. */
export async function measureFiles(paths: readonly string[]): Promise<FileMeasures | undefined> {
  try {
    // Big integers: a file number of NTFS or ReFS does not fit into a double.
    const stats = await Promise.all(paths.map((path) => stat(path, { bigint: true })));
    if (stats.some((file) => !file.isFile())) return undefined;
    return {
      sizeBytes: stats.reduce((sum, { size }) => sum + Number(size), 0),
      modifiedMs: Math.max(0, ...stats.map(({ mtimeMs }) => Number(mtimeMs))),
      identity: stats.map(({ dev, ino }) => `${dev}:${ino}`).join(' '),
    };
  } catch (error) {
    if (isGone(error)) return undefined; // Removed since it was listed, or a dead link.
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ELOOP', 'EACCES', 'EPERM', 'ENOTDIR'].includes(fileErrorCode(error) ?? '');
}

/** The names of folders and file below `root`. */
export function segmentsBelow(root: string, path: string): readonly string[] {
  return path.slice(root.length).split(sep).filter(Boolean);
}

/** False for a dead or circular link too, and for what is closed to us. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
