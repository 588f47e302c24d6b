import { readFile, readdir, stat } from 'node:fs/promises';

/** Small files of other programs: settings, manifests, templates. Larger ones are not theirs. */
const maxBytes = 4 * 1024 * 1024;

/** The text of a small file; undefined when it is missing, closed to us or too large. */
export async function readSmallText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    return size > maxBytes ? undefined : await readFile(path, 'utf8');
  } catch {
    return undefined; // Whoever asks goes on without it.
  }
}

/** The parsed content of a small JSON file; undefined when there is none. */
export async function readSmallJson(path: string): Promise<unknown> {
  const text = await readSmallText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    return undefined;
  }
}

/** Names of what lies in a folder, sorted; none when it cannot be read. */
export async function listNames(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).toSorted();
}
