import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MillpondError } from '../core/error.ts';
import { explainFileError, fileErrorCode } from '../platform/file-error.ts';
import { acquireInstanceLock } from '../platform/instance-lock.ts';
import { keepPrivate } from '../platform/private-file.ts';
import type { DataPaths } from '../platform/paths.ts';
import type { BackedUpFile } from '../storage/backup-files.ts';
import { knownSchema, readBackup, writeBackup } from '../storage/backup.ts';
import { databaseError } from '../storage/sqlite-error.ts';
import { listUpgradeCopies } from '../storage/upgrade-copies.ts';
import type { UpgradeCopy } from '../storage/upgrade-copies.ts';

/** What belongs to the database and lies beside it. Models and caches are not part of a backup. */
export const keptFiles = [
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
  try {
    writeBackup(paths.databaseFile, target, filesIn(paths.dataFolder));
  } catch (error) {
    rmSync(target, { force: true });
    // A full disk is SQLite's to tell: it writes the copy.
    const isOfDatabase = fileErrorCode(error) === 'ERR_SQLITE_ERROR';
    throw isOfDatabase ? databaseError(error, target) : explainFileError(error, 'write', target);
  }
}

/**
 * Puts a backup in place of what the data folder has, which is kept: returns the folder where it lies
 * now and that can be restored like a backup, or undefined where there was nothing. Throws `conflict` while Millpond runs.
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
  const { uid, gid } = statSync(paths.dataFolder);
  try {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { mode: 0o700 });
    const files = readAny(backup, join(staging, basename(paths.databaseFile)));
    const known: readonly string[] = keptFiles;
    const wanted = files.filter(({ name }) => known.includes(name));
    for (const { name, content } of wanted) {
      keepPrivate(join(staging, name));
      writeFileSync(join(staging, name), content);
    }
    const names = wanted.map(({ name }) => name);
    const before = replace(paths, staging, names, now);
    giveTo({ uid, gid }, [
      ...[paths.databaseFile, paths.lockFile, ...names.map((name) => join(paths.dataFolder, name))],
      ...(before === undefined ? [] : [dirname(before), before]),
    ]);
    return before;
  } finally {
    rmSync(staging, { recursive: true, force: true });
    lock.release();
  }
}

/** A backup is one file; what an earlier restore has put aside is a folder. */
function readAny(backup: string, databaseFile: string): readonly BackedUpFile[] {
  if (!statSync(backup).isDirectory()) return readBackup(backup, databaseFile);
  const database = join(backup, basename(databaseFile));
  if (!existsSync(database)) {
    throw new MillpondError('invalid-request', `${backup} holds no database of Millpond`);
  }
  readBackup(database, databaseFile);
  return filesIn(backup);
}

function filesIn(folder: string): readonly BackedUpFile[] {
  return keptFiles.flatMap((name) => {
    const path = join(folder, name);
    return existsSync(path) ? [{ name, content: readFileSync(path) }] : [];
  });
}

/** What the administrator puts back belongs to whom the data folder belongs: else nobody could start it. */
function giveTo(
  { uid, gid }: { readonly uid: number; readonly gid: number },
  paths: readonly string[],
): void {
  if (process.getuid?.() !== 0) return;
  for (const path of paths) chownSync(path, uid, gid);
}

/** A copy from before an update, as a person chooses between them. */
export interface RestorableCopy extends UpgradeCopy {
  /** This Millpond would update it again when it starts: it is for the one of before. */
  readonly isForOlder: boolean;
}

/** The copies that this Millpond can put back, newest first. */
export function restorableCopies({
  dataFolder,
  databaseFile,
}: BackupPaths): readonly RestorableCopy[] {
  return listUpgradeCopies({ databaseFile, backupFolder: join(dataFolder, 'backups') })
    .filter(({ schema }) => schema <= knownSchema)
    .map((copy) => ({ ...copy, isForOlder: copy.schema < knownSchema }));
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
