import { stat } from 'node:fs/promises';
import type { Finding } from '../../contract/first-aid.ts';
import { MillpondError } from '../../core/error.ts';
import type { Check } from '../examine.ts';
import { byDeed, byGoingTo, ok, problem, warning } from '../finding.ts';
import { diskSize, sentence } from '../format.ts';

/** Beyond this, SQLite has not got round to writing changes into the database for long. */
const largeWalBytes = 256e6;

interface DatabaseDeps {
  readonly file: string;
  /** Reads all of it and writes; rejects with the reason `database-damaged` where that is why. */
  readonly tryOut: (signal: AbortSignal) => Promise<void> | void;
  /** What a recovery at this or an earlier start brought over, newest first. */
  readonly recoveries: () => Promise<readonly { readonly folder: string; readonly kept: string }[]>;
}

export function checkDatabase({ file, tryOut, recoveries }: DatabaseDeps): Check {
  return {
    about: 'the database',
    limitMs: 60_000,
    async run(signal) {
      const sizeBytes = await sizeOf(file);
      const state = await stateOf(() => tryOut(signal), diskSize(sizeBytes));
      const [latest] = await recoveries();
      return [
        state,
        ...largeWal(await sizeOf(`${file}-wal`)),
        ...(latest === undefined
          ? []
          : [
              warning('database-mended', {
                values: { ...latest },
                fix: byGoingTo('/settings/data'),
              }),
            ]),
      ];
    },
  };
}

async function stateOf(tryOut: () => Promise<void> | void, size: string): Promise<Finding> {
  try {
    await tryOut();
    return ok('database', { size });
  } catch (thrown) {
    const error = MillpondError.from(thrown);
    const values = { reason: sentence(error.message) };
    return error.reason === 'database-damaged'
      ? problem('database-damaged', { values, fix: byDeed('recover-database') })
      : problem('database-failed', { values });
  }
}

function largeWal(bytes: number): readonly Finding[] {
  if (bytes < largeWalBytes) return [];
  const more = { values: { size: diskSize(bytes) }, fix: byDeed('shrink-database') };
  return [warning('database-large-wal', more)];
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
