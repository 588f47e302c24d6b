import { mkdir, open, readFile, readdir, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { MillpondError } from '../core/error.ts';
import { explainFileError, fileErrorCode } from './file-error.ts';

/** Lines that wait on the disk for something that does not take them now. One process at a time uses it. */
export interface SpoolFolder {
  /** Resolves once the lines are on the disk. Rejects with `storage-full` when the folder has its size. */
  append(lines: readonly string[]): Promise<void>;
  /** Names of the files, oldest first. What is appended from now on goes into a new one. */
  seal(): Promise<readonly string[]>;
  /** The lines of a file; what a crash cut off at its end is left out. */
  read(name: string): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

interface SpoolFolderOptions {
  /** Made when something is spooled. */
  readonly folder: string;
  /** All files together are never larger. */
  readonly maxBytes: number;
}

/** A file is read whole, so it stays small. */
const fileBytes = 1024 * 1024;
const fileName = /^(\d{10})\.jsonl$/;

export function createSpoolFolder({ folder, maxBytes }: SpoolFolderOptions): SpoolFolder {
  let current: { readonly handle: FileHandle; bytes: number } | undefined;
  let usedBytes: number | undefined;
  let lastNumber = 0;

  async function openNext(): Promise<{ readonly handle: FileHandle; bytes: number }> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const newest = fileName.exec((await list(folder)).at(-1) ?? '')?.[1];
    lastNumber = Math.max(lastNumber, Number(newest ?? 0)) + 1;
    const name = `${lastNumber.toString().padStart(10, '0')}.jsonl`;
    return { handle: await open(join(folder, name), 'ax', 0o600), bytes: 0 };
  }

  async function closeCurrent(): Promise<void> {
    const open = current;
    current = undefined;
    await open?.handle.close();
  }

  async function write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    usedBytes ??= await sizeOfAll(folder);
    if (usedBytes + bytes.length > maxBytes) {
      throw new MillpondError('storage-full', `The folder ${folder} holds as much as it may`);
    }
    if (current !== undefined && current.bytes >= fileBytes) await closeCurrent();
    current ??= await openNext();
    await current.handle.appendFile(bytes);
    await current.handle.datasync();
    current.bytes += bytes.length;
    usedBytes += bytes.length;
  }

  return {
    async append(lines) {
      try {
        await write(lines);
      } catch (error) {
        // Half a line may be in the file: what comes next must not stand behind it.
        await closeCurrent().catch(() => undefined);
        throw explainFileError(error, 'write to', folder);
      }
    },
    async seal() {
      await closeCurrent();
      return list(folder);
    },
    async read(name) {
      const text = await readFile(join(folder, name), 'utf8');
      const end = text.lastIndexOf('\n');
      return end === -1 ? [] : text.slice(0, end).split('\n');
    },
    async remove(name) {
      await rm(join(folder, name), { force: true });
      usedBytes = undefined;
    },
  };
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => fileName.test(name)).sort();
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function sizeOfAll(folder: string): Promise<number> {
  const files = await Promise.all((await list(folder)).map((name) => stat(join(folder, name))));
  return files.reduce((sum, { size }) => sum + size, 0);
}
