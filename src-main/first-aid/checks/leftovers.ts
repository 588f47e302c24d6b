import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../contract/first-aid.ts';
import type { DataPaths } from '../../platform/paths.ts';
import type { Check } from '../examine.ts';
import { byDeed, byGoingTo, ok, problem, warning } from '../finding.ts';
import { sentence } from '../format.ts';

/** An update that was tried and taken back. */
export interface FailedUpdate {
  readonly version: string;
  readonly reason: string;
}

interface LeftoversDeps {
  readonly paths: DataPaths;
  /**
   * Who uses the data folder: this very process or nobody, a runtime that answers, or something that
   * holds it and says nothing.
   */
  readonly holder: () => Promise<'own' | 'nobody' | 'answers' | 'silent'>;
  readonly failedUpdate: () => Promise<FailedUpdate | undefined> | FailedUpdate | undefined;
}

/** Of whom a crash in the middle of it would leave behind. */
export const restoreFolder = 'restore.tmp';

export function checkLeftovers({ paths, holder, failedUpdate }: LeftoversDeps): Check {
  return {
    about: 'what is left over',
    limitMs: 10_000,
    async run() {
      const findings: Finding[] = [];
      const held = await holder();
      if (held === 'silent') findings.push(problem('leftovers-locked'));
      if (held === 'nobody' && existsSync(paths.runtimeFile)) {
        findings.push(leftover('leftovers-runtime', paths.runtimeFile));
      }
      const staging = join(paths.dataFolder, restoreFolder);
      // While a restore runs it holds the folder.
      if (held !== 'silent' && existsSync(staging)) {
        findings.push(leftover('leftovers-restore', staging));
      }
      const failed = await failedUpdate();
      if (failed !== undefined) {
        const values = { version: failed.version, reason: sentence(failed.reason) };
        findings.push(warning('update-failed', { values, fix: byGoingTo('/settings/updates') }));
      }
      return findings.length === 0 ? [ok('leftovers')] : findings;
    },
  };
}

function leftover(id: 'leftovers-runtime' | 'leftovers-restore', file: string): Finding {
  return warning(id, { values: { file }, fix: byDeed('remove-leftovers') });
}
