import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { SignalSource } from './owner-readings.ts';
import { poll } from './poll.ts';
import { programName } from './program-name.ts';
import { known, unknown } from './told.ts';

/** Reads the process list from the files that Linux keeps of it. Starts no process. */
export function linuxPrograms(deps: {
  readonly clock: Clock;
  readonly folder?: string;
}): SignalSource {
  const { clock, folder = '/proc' } = deps;
  return {
    serves: ['programs'],
    start: (report) =>
      poll(clock, async () => {
        const names = await readPrograms(folder);
        const isKnown = names.size > 0;
        report('programs', isKnown ? known(names) : unknown('this system keeps no process list'));
      }),
  };
}

/** `comm` is cut after 15 characters, so the command line's first word counts as well. */
export async function readPrograms(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder).catch(() => []);
  const names = new Set<string>();
  for (const pid of entries.filter((name) => /^\d+$/.test(name))) {
    const [comm, commandLine] = await Promise.all([
      readFile(join(folder, pid, 'comm'), 'utf8').catch(() => ''), // It ended meanwhile.
      readFile(join(folder, pid, 'cmdline'), 'utf8').catch(() => ''),
    ]);
    for (const name of [comm.trim(), commandLine.split('\0')[0] ?? '']) {
      if (name !== '') names.add(programName(name));
    }
  }
  return names;
}
