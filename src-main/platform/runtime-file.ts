import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from './atomic-file.ts';
import { explainFileError, fileErrorCode } from './file-error.ts';

const runtimeInfo = z.object({
  pid: z.int(),
  port: z.int(),
  version: z.string(),
  startedAt: z.number(),
  /** Full rights over this runtime; made at each start, readable by the owner's account only. */
  ownerToken: z.string().min(32),
});

/** How the shell and the command line attach to the runtime that uses a data folder. */
export type RuntimeInfo = z.infer<typeof runtimeInfo>;

export async function writeRuntimeFile(path: string, info: RuntimeInfo): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
}

/** Undefined when no runtime has written one, or when it is not ours. It may be stale: ask its port. */
export async function readRuntimeFile(path: string): Promise<RuntimeInfo | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw explainFileError(error, 'read', path);
  }
  try {
    return runtimeInfo.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Not JSON: left behind by something else, and replaced at the next start.
  }
}

/** Removes the file of this very runtime; one that a newer runtime wrote is left alone. */
export async function removeRuntimeFile(path: string, ownerToken: string): Promise<void> {
  const current = await readRuntimeFile(path);
  if (current?.ownerToken === ownerToken) await rm(path, { force: true });
}
