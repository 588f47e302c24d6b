import { access, constants } from 'node:fs/promises';
import type { ModelFolder } from '../contract/models.ts';
import { explainFileError } from '../platform/file-error.ts';

/** The folders in which models are looked for, each with what is wrong with it now. */
export async function describeFolders(paths: readonly string[]): Promise<ModelFolder[]> {
  return await Promise.all(
    paths.map(async (path) => {
      const problem = await findProblem(path);
      return { path, ...(problem !== undefined && { problem }) };
    }),
  );
}

async function findProblem(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.R_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return explainFileError(error, 'read', path).message;
  }
}
