import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MillpondError } from '../../core/error.ts';
import { explainFileError } from '../../platform/file-error.ts';
import { nameBytes } from '../wording.ts';

/** Stays free for the system and for what others write meanwhile. */
export const spareBytes = 256 * 1024 * 1024;
/** Below this a running download stops before the disk is full to the last byte. */
const lowestBytes = 32 * 1024 * 1024;

/** Bytes that this user may still write to the disk of a folder, which need not exist yet. */
export async function freeBytesAt(folder: string): Promise<number> {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    const { bavail, bsize } = await statfs(existing);
    return bavail * bsize;
  } catch (error) {
    throw explainFileError(error, 'look at the disk of', folder);
  }
}

/** Throws `storage-full` with both figures when so much does not fit with something to spare. */
export function requireSpace(
  need: { readonly name: string; readonly missingBytes: number },
  free: number,
): void {
  if (need.missingBytes + spareBytes <= free) return;
  throw new MillpondError(
    'storage-full',
    `${need.name} needs ${nameBytes(need.missingBytes + spareBytes)} on its disk and ${nameBytes(free)} are free; free some space or choose another folder`,
  );
}

/** Throws `storage-full` when a download under way should stop for the sake of everything else. */
export function requireRest(name: string, free: number): void {
  if (free >= lowestBytes) return;
  throw new MillpondError(
    'storage-full',
    `The disk of ${name} is full: ${nameBytes(free)} are left; free some space, then resume`,
  );
}
