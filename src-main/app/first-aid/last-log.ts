import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatLogLine } from '../../platform/log-line.ts';

/** The newest lines of the log that an earlier start has written, oldest first; empty without one. */
export async function readLastLog(folder: string, count: number): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'millpond.log'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-count)
    .map(formatLogLine);
}
