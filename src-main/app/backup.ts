import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MillpondError } from '../core/error.ts';
import { explainFileError } from '../platform/file-error.ts';
import { acquireInstanceLock } from '../platform/instance-lock.ts';
import { keepPrivate } from '../platform/private-file.ts';
import type { DataPaths } from '../platform/paths.ts';
import { readBackup, writeBackup } from '../storage/backup.ts';

/** What belongs to the database and lies beside it. Models and caches are not part of a backup. */
const keptFiles = [
  ...['settings.json', 'secret.key', 'secrets.json', 'millpond.yaml', 'config.last-good.yaml'],
  ...['origins.json', 'model-lists.json'],
] as const;

type BackupPaths = Pick<DataPaths, 'dataFolder' | 'databaseFile' | 'lockFile'>;

/**
 * Copies database, settings and secrets into one file that only its owner may read; Millpond may run
 * meanwhile. Throws `conflict` for a file that exists: a backup replaces nothing.
 */
export function backUp(paths: BackupPaths, target: string): void {
  if (!existsSync(paths.databaseFile)) {
    throw new MillpondError('not-found', `There is nothing to back up in ${paths.dataFolder}`);
  }
  if (existsSync(target)) {
    throw new MillpondError('conflict', `${target} exists; choose another name for the backup`);
  }
  const files = keptFiles.flatMap((name) => {
    const path = join(paths.dataFolder, name);
    return existsSync(path) ? [{ name, content: readFileSync(path) }] : [];
  });
  try {
    writeBackup(paths.databaseFile, target, files);
  } catch (error) {
    rmSync(target, { force: true });
    throw explainFileError(error, 'write', target);
  }
}

/**
 * Puts a backup in place of what the data folder has, which is kept: returns the folder where it lies
 * now, or undefined where there was nothing. Throws `conflict` while Millpond runs.
 */
export function restore(paths: BackupPaths, backup: string, now: number): string | undefined {
  if (!existsSync(backup)) throw new MillpondError('not-found', `There is no file at ${backup}`);
  mkdirSync(paths.dataFolder, { recursive: true, mode: 0o700 });
  const lock = acquireInstanceLock(paths.lockFile);
  if (lock === undefined) {
    throw new MillpondError(
      'conflict',
      'Millpond is running with this data folder; stop it first: `millpond stop`',
    );
  }
  const staging = join(paths.dataFolder, 'restore.tmp');
  try {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { mode: 0o700 });
    const files = readBackup(backup, join(staging, basename(paths.databaseFile)));
    const known: readonly string[] = keptFiles;
    const wanted = files.filter(({ name }) => known.includes(name));
    for (const { name, content } of wanted) {
      keepPrivate(join(staging, name));
      writeFileSync(join(staging, name), content);
    }
    return replace(paths, staging, [...wanted.map(({ name }) => name)], now);
  } finally {
    rmSync(staging, { recursive: true, force: true });
    lock.release();
  }
}

/** Files that the backup has no word of stay: a copy of the database alone leaves settings and secrets. */
function replace(
  { dataFolder, databaseFile }: BackupPaths,
  staging: string,
  names: readonly string[],
  now: number,
): string | undefined {
  const database = basename(databaseFile);
  const replaced = [database, `${database}-wal`, `${database}-shm`, ...names].filter((name) =>
    existsSync(join(dataFolder, name)),
  );
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  const before = join(dataFolder, 'backups', `before-restore-${time}`);
  if (replaced.length > 0) mkdirSync(before, { recursive: true, mode: 0o700 });
  for (const name of replaced) renameSync(join(dataFolder, name), join(before, name));
  for (const name of [database, ...names]) {
    renameSync(join(staging, name), join(dataFolder, name));
  }
  return replaced.length > 0 ? before : undefined;
}
