import { constants } from 'node:fs';
import { copyFile, open, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { explainFileError, fileErrorCode } from '../platform/file-error.ts';

const pieceBytes = 4 * 1024 * 1024;

export interface CopyOptions {
  readonly signal: AbortSignal;
  /** Bytes of this file copied so far. */
  readonly onProgress?: (doneBytes: number) => void;
}

/**
 * Copies a file so that it is safely on the disk when this resolves. Where the disk can share the
 * bytes of both files nothing is copied and it takes no room. Never writes over a file; after any other
 * failure the target is gone. Rejects with one sentence.
 */
export async function copyFileSafely(
  from: string,
  to: string,
  options: CopyOptions,
): Promise<void> {
  options.signal.throwIfAborted();
  try {
    if (await shareBytes(from, to)) options.onProgress?.((await stat(to)).size);
    else await copyPieces(from, to, options);
  } catch (error) {
    if (fileErrorCode(error) !== 'EEXIST') await removeQuietly(to);
    options.signal.throwIfAborted();
    throw explainFileError(error, `copy ${from} to`, to);
  }
}

/** False where the file system has no such thing. */
async function shareBytes(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') throw error;
    await removeQuietly(to);
    return false; // Whatever was wrong, the copy by hand meets it again and tells.
  }
}

async function removeQuietly(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {
    // The first failure is the one worth telling.
  });
}

async function copyPieces(from: string, to: string, options: CopyOptions): Promise<void> {
  await using source = await open(from, 'r');
  await using target = await open(to, 'wx');
  const piece = Buffer.alloc(pieceBytes);
  for (let done = 0; ;) {
    options.signal.throwIfAborted();
    const { bytesRead } = await source.read(piece, 0, pieceBytes, done);
    if (bytesRead === 0) break;
    await writeAll(target, piece.subarray(0, bytesRead), done);
    done += bytesRead;
    options.onProgress?.(done);
  }
  await target.sync();
}

async function writeAll(target: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await target.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
