// Replaces a program and kills itself at a step. Run by `switch-over.test.ts`.
// Arguments: a JSON object, see `KilledSwitch`.
import { cpSync } from 'node:fs';
import type { SwitchEntry } from './switch-journal.ts';
import { switchOver } from './switch-over.ts';

export interface KilledSwitch {
  readonly plan: SwitchEntry;
  readonly journalFile: string;
  /** The data folder, a file here, that a backup takes the place of. */
  readonly data: string;
  readonly step: string;
}

const { plan, journalFile, data, step } = JSON.parse(process.argv[2] ?? '') as KilledSwitch;
switchOver(plan, {
  journalFile,
  data: {
    restore(file) {
      cpSync(file, data);
      return undefined;
    },
  },
  onStep(reached) {
    if (reached === step) process.kill(process.pid, 'SIGKILL');
  },
});
