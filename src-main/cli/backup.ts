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
