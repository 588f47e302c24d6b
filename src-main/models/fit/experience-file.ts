import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import type { ExperienceStore } from './ports.ts';

/** Keeps what was learnt about this machine in one file of the data folder. */
export function createExperienceFile(path: string): ExperienceStore {
  return {
    load: () => readFile(path, 'utf8').catch(() => undefined), // The first start has none.
    save: (text) => writeFileAtomic(path, text),
  };
}
