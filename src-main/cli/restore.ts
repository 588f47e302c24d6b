import { resolve } from 'node:path';
import { localDay } from '../core/local-time.ts';
import { MillpondError } from '../core/error.ts';
import { formatTimeOfDay } from './moments.ts';
import { formatBytes } from './output.ts';
import type { UpgradeCopy } from './ports.ts';
import type { VerbContext } from './verb.ts';

export interface RestoreOptions {
  /** Which of the copies from before an update; true where nothing is said of that. */
  readonly beforeUpgrade?: string | true;
}

/** Puts a backup in place of what is there, or the copy from before an update of Millpond. */
export function restore(
  context: VerbContext,
  file: string | undefined,
  { beforeUpgrade }: RestoreOptions,
): Promise<void> {
  if ((file === undefined) === (beforeUpgrade === undefined)) {
    const message = 'Give the file of a backup, or --before-upgrade; not both and not neither';
    return Promise.reject(new MillpondError('invalid-request', message));
  }
  if (file !== undefined) putBack(context, resolve(file));
  else {
    const copy = choose(context, beforeUpgrade ?? true);
    putBack(context, copy.file, copy);
  }
  return Promise.resolve();
}

function putBack({ deps, output }: VerbContext, file: string, copy?: UpgradeCopy): void {
  const before = deps.restore(file);
  if (output.isJson) {
    output.json({ restored: file, ...(before !== undefined && { before }), ...(copy && { copy }) });
    return;
  }
  output.line(`Restored from ${file}.`);
  if (before !== undefined) {
    output.line(
      `What was there before lies in ${before}; \`millpond restore ${before}\` undoes this.`,
    );
  }
  if (copy?.isForOlder === true) {
    output.line(
      `Start the Millpond of before the update now: this one, ${deps.version}, would update the database again.`,
    );
  }
}

/** Prints the copies and throws `invalid-request` where it is not clear which one is meant. */
function choose({ deps, output }: VerbContext, which: string | true): UpgradeCopy {
  const copies = deps.upgradeCopies();
  const [latest, ...older] = copies;
  if (latest === undefined) {
    throw new MillpondError(
      'not-found',
      'There is no copy from before an update here: none has changed the database yet',
    );
  }
  if (which === 'latest' || (which === true && older.length === 0)) return latest;
  const chosen = typeof which === 'string' && /^\d+$/.test(which) && copies[Number(which) - 1];
  if (chosen) return chosen;
  if (output.isJson) output.json({ copies: copies.map(numbered) });
  else
    output.table([['WHICH', 'MADE', 'BEFORE THE UPDATE TO', 'SCHEMA', 'SIZE'], ...rowsOf(copies)]);
  throw new MillpondError(
    'invalid-request',
    which === true
      ? 'Several copies are kept: say which one, such as --before-upgrade latest'
      : `There is no copy "${which}"; give its number or latest`,
  );
}

const numbered = (copy: UpgradeCopy, index: number) => ({ which: index + 1, ...copy });

function rowsOf(copies: readonly UpgradeCopy[]): readonly (readonly string[])[] {
  return copies.map(({ madeAt, before, schema, sizeBytes }, index) => [
    (index + 1).toString(),
    `${localDay(madeAt)} ${formatTimeOfDay(new Date(madeAt))}`,
    before ?? '–',
    schema.toString(),
    formatBytes(sizeBytes),
  ]);
}
