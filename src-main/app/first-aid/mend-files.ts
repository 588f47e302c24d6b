import { chmod, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { restoreFolder } from '../../first-aid/checks/leftovers.ts';
import { explainFileError } from '../../platform/file-error.ts';
import type { DataPaths } from '../../platform/paths.ts';

/** Gives the owner of the data folder the rights on it back. */
export async function makeWritable(folder: string): Promise<void> {
  try {
    const { mode } = await stat(folder);
    await chmod(folder, (mode & 0o777) | 0o700);
  } catch (error) {
    throw explainFileError(error, 'change the rights of', folder);
  }
}

/** Takes away what a crash left; nobody may use the data folder meanwhile. */
export async function removeLeftovers(paths: DataPaths): Promise<void> {
  await rm(paths.runtimeFile, { force: true });
  await removeUnfinishedRestore(paths);
}

/** What a restore that was cut off left; its runtime may run. */
export async function removeUnfinishedRestore({
  dataFolder,
}: Pick<DataPaths, 'dataFolder'>): Promise<void> {
  await rm(join(dataFolder, restoreFolder), { recursive: true, force: true });
}
