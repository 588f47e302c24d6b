import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { explainFileError } from './file-error.ts';

interface AtomicWriteOptions {
  /** Permission bits of the new file; owner-only unless given. */
  readonly mode?: number;
}

/**
 * Replaces a file in one step: a reader, or a restart after a power cut, sees the old content or
 * the new one and never half of it. Rejects with `storage-full` or `unavailable`.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: AtomicWriteOptions = {},
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeDurably(temporary, content, options.mode ?? 0o600);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {
      // The first failure is the one worth telling.
    });
    throw explainFileError(error, 'write', path);
  }
}

async function writeDurably(path: string, content: string | Uint8Array, mode: number) {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
