import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { DataPaths } from '../../platform/paths.ts';

const record = z.object({ crashed: z.int().min(0) });

const fileOf = ({ dataFolder }: Pick<DataPaths, 'dataFolder'>): string =>
  join(dataFolder, 'starts.json');

/** Starts in a row that ended before they were ready, or whose engine crashed while it loaded. */
export function readCrashedStarts(paths: Pick<DataPaths, 'dataFolder'>): number {
  try {
    return record.parse(JSON.parse(readFileSync(fileOf(paths), 'utf8'))).crashed;
  } catch {
    return 0; // None is the usual case, and a damaged one tells nothing.
  }
}

/** To be called first of all: until `startSucceeded` this start counts as one that crashed. */
export function startBegins(paths: Pick<DataPaths, 'dataFolder'>): void {
  try {
    const crashed = readCrashedStarts(paths) + 1;
    writeFileSync(fileOf(paths), JSON.stringify({ crashed }), { mode: 0o600 });
  } catch {
    // A folder that cannot be written is told of by whoever needs it.
  }
}

/** A start that came up, or ended with a sentence: that is no crash. */
export function startSucceeded(paths: Pick<DataPaths, 'dataFolder'>): void {
  try {
    rmSync(fileOf(paths), { force: true });
  } catch {
    // As above.
  }
}
