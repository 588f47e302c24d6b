import { mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomic } from './atomic-file.ts';
import { explainFileError, fileErrorCode } from './file-error.ts';

/** Settings files of other programs on this computer. */
export const toolFiles = {
  async read(path: string): Promise<string | undefined> {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return undefined;
      throw explainFileError(error, 'read', path);
    }
  },
  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    // People keep such files elsewhere and link to them: what is replaced is the file, not the link.
    const target = await realpath(path).catch(() => path);
    await writeFileAtomic(target, text);
  },
  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  },
};
