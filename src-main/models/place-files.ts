import { link, open, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MillpondError } from '../core/error.ts';
import { explainFileError, fileErrorCode } from '../platform/file-error.ts';
import { makeFolder } from '../platform/make-folder.ts';

/** A file with the place it goes to. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
}

/**
 * Moves files to their places on the same disk. False, with everything back where it was, when they
 * lie on another disk. Rejects with one sentence, `conflict` for a name that is taken.
 */
export async function moveAll(transfers: readonly Transfer[]): Promise<boolean> {
  const moved: Transfer[] = [];
  try {
    for (const transfer of transfers) {
      await makeFolder(dirname(transfer.to));
      await placeFile(transfer.from, transfer.to);
      moved.push(transfer);
    }
    return true;
  } catch (error) {
    for (const { from, to } of moved.toReversed()) {
      await placeFile(to, from).catch(() => {
        // Somebody took the old name meanwhile: the file stays where it is now.
      });
    }
    if (fileErrorCode(error) === 'EXDEV') return false;
    throw explainFileError(error, 'move', transfers[moved.length]?.from ?? 'the file');
  }
}

/**
 * Gives copies that are whole their names: all of them or, when one is taken, none. Rejects with one
 * sentence, `conflict` for a name that is taken.
 */
export async function placeAll(transfers: readonly Transfer[], staging: string): Promise<void> {
  const placed: string[] = [];
  try {
    for (const { to } of transfers) {
      await makeFolder(dirname(to));
      await placeFile(join(staging, basename(to)), to);
      placed.push(to);
    }
  } catch (error) {
    for (const path of placed) await rm(path, { force: true });
    const folder = transfers[0] === undefined ? undefined : dirname(transfers[0].to);
    if (folder !== undefined) await removeEmpty(folder);
    throw explainFileError(error, 'write', transfers[placed.length]?.to ?? staging);
  }
}

export function nameTaken(path: string): MillpondError {
  const message = `The models folder already holds a ${basename(path)}; rename one of the two files`;
  return new MillpondError('conflict', message);
}

/** A rename that never replaces anything, not even what appeared a moment ago. */
async function placeFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'EEXIST') throw nameTaken(to);
    if (code === 'EXDEV') throw error;
    // Not every disk gives a file two names; whatever else was wrong is met again, and told.
    await renameOntoOwn(from, to);
    return;
  }
  try {
    await unlink(from);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

/** Takes the name with an empty file first, then replaces that. */
async function renameOntoOwn(from: string, to: string): Promise<void> {
  try {
    await (await open(to, 'wx')).close();
  } catch (error) {
    throw fileErrorCode(error) === 'EEXIST' ? nameTaken(to) : error;
  }
  try {
    await rename(from, to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {
    // Something else lies there.
  });
}
