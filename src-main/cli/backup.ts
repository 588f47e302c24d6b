import { resolve } from 'node:path';
import type { VerbContext } from './verb.ts';

/** Copies what cannot be fetched again into one file. */
export function backup({ deps, output }: VerbContext, file: string): Promise<void> {
  const path = resolve(file);
  deps.backUp(path);
  if (output.isJson) output.json({ backup: path });
  else {
    output.line(`Backed up to ${path}. It holds secrets: keep it where only you can read it.`);
  }
  return Promise.resolve();
}

/** Puts a backup in place of what is there. */
export function restore({ deps, output }: VerbContext, file: string): Promise<void> {
  const path = resolve(file);
  const before = deps.restore(path);
  if (output.isJson) output.json({ restored: path, ...(before !== undefined && { before }) });
  else {
    output.line(`Restored from ${path}.`);
    if (before !== undefined) output.line(`What was there before lies in ${before}.`);
  }
  return Promise.resolve();
}
