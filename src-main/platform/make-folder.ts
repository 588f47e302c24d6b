import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explainFileError, fileErrorCode } from './file-error.ts';

/** Makes a folder with all that are above it. Rejects with one sentence that says what to do. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeAll(folder);
  } catch (error) {
    throw explainFileError(error, 'write to', folder);
  }
}

/** Node says `ENOENT` where a read-only disk refuses the first of several folders: asked for that one alone, it tells. */
async function makeAll(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw error;
    await mkdir(firstMissing(folder));
    await mkdir(folder, { recursive: true });
  }
}

function firstMissing(folder: string): string {
  const above = dirname(folder);
  return above === folder || existsSync(above) ? folder : firstMissing(above);
}
