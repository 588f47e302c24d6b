import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import type { BackupCopy } from '../../contract/first-aid.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { DataPaths } from '../../platform/paths.ts';
import { checkBackup } from '../../storage/backup.ts';
import { backUp, restorableCopies } from '../backup.ts';
import type { RuntimeEnd } from '../wire-runtime.ts';

/** Copies of database, settings and secrets. */
export interface Backups {
  /** Where those are kept that nobody gave another place. */
  readonly folder: string;
  /** Newest first. */
  list(): readonly BackupCopy[];
  /** Writes one now; absent: into the folder. Throws `conflict` for a file that exists. */
  make(path: string | undefined): BackupCopy;
  /** Throws for what cannot be put back; otherwise Millpond stops, puts it back and starts anew. */
  restore(path: string): void;
}

interface BackupsDeps {
  readonly paths: DataPaths;
  readonly clock: Pick<Clock, 'now'>;
  readonly end: RuntimeEnd;
}

const suffix = '.millpond-backup';
const beforeRestore = 'before-restore-';

export function createBackups({ paths, clock, end }: BackupsDeps): Backups {
  const folder = join(paths.dataFolder, 'backups');
  return {
    folder,
    list: () =>
      [...asked(folder), ...beforeUpgrades(paths), ...replaced(folder, paths)].toSorted(
        (a, b) => b.madeAt - a.madeAt,
      ),
    make(path) {
      if (path !== undefined && !isAbsolute(path)) {
        throw new MillpondError(
          'invalid-request',
          `Give the whole path of the file, not '${path}'`,
        );
      }
      if (path === undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
      const time = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
      const file = path ?? join(folder, `millpond-${time}${suffix}`);
      backUp(paths, file);
      return copyOf(file, 'asked');
    },
    restore(path) {
      if (!existsSync(path)) throw new MillpondError('not-found', `There is no file at ${path}`);
      checkBackup(path, paths.databaseFile);
      end.restore(path);
    },
  };
}

function copyOf(path: string, kind: BackupCopy['kind']): BackupCopy {
  const { size, mtimeMs } = statSync(path);
  return { path, kind, sizeBytes: size, madeAt: Math.floor(mtimeMs), isForOlder: false };
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function asked(folder: string): readonly BackupCopy[] {
  const names = namesIn(folder).filter((name) => name.endsWith(suffix));
  return names.map((name) => copyOf(join(folder, name), 'asked'));
}

function beforeUpgrades(paths: DataPaths): readonly BackupCopy[] {
  return restorableCopies(paths).map(({ file, madeAt, sizeBytes, isForOlder }) => ({
    ...{ path: file, madeAt, sizeBytes, isForOlder },
    kind: 'before-upgrade' as const,
  }));
}

/** What earlier restores have replaced: folders with the database and what lay beside it. */
function replaced(folder: string, { databaseFile }: DataPaths): readonly BackupCopy[] {
  const names = namesIn(folder).filter((name) => name.startsWith(beforeRestore));
  return names.flatMap((name) => {
    const path = join(folder, name);
    const database = join(path, basename(databaseFile));
    if (!existsSync(database)) return [];
    const sizeBytes = statSync(database).size;
    return [{ ...copyOf(path, 'before-restore'), sizeBytes }];
  });
}
