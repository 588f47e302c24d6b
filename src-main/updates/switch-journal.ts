import { mkdirSync, openSync, fsyncSync, closeSync, readFileSync, writeSync } from 'node:fs';
import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const entry = z.object({
  version: z.literal(1),
  kind: z.enum(['update', 'back']),
  from: z.string(),
  to: z.string(),
  at: z.number(),
  /** The folder or file that is replaced. */
  root: z.string(),
  /** The other version, in the same folder as `root`; taken from there. */
  staged: z.string(),
  /** Where the version that leaves goes: kept by an update, deleted by the way back. */
  kept: z.string(),
  /** For an update: the data of before. For the way back: what is put in place. */
  backup: z.string(),
  /** What the unpacking made around `staged`, removed at the end. */
  stage: z.string().exactOptional(),
  /** The data has to be put back before the program is: not done yet. */
  isDataOwed: z.boolean(),
  /** Where the data that it replaced lies, once it is put back. */
  setAside: z.string().exactOptional(),
});

/** A replacement under way: written before the first rename, removed after the last. */
export type SwitchEntry = z.infer<typeof entry>;

/** Undefined where nothing is under way, or what is written there was never finished. */
export function readSwitch(file: string): SwitchEntry | undefined {
  try {
    return entry.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined; // It is replaced in one step: half an entry means that nothing was done by it.
  }
}

/** Durable when it returns. */
export function writeSwitch(file: string, content: SwitchEntry): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.tmp`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify(content));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

export function removeSwitch(file: string): void {
  rmSync(file, { force: true });
}
