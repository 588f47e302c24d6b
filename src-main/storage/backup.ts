import { copyFileSync, existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MillpondError } from '../core/error.ts';
import { keepPrivate } from '../platform/private-file.ts';
import { addFiles } from './backup-files.ts';
import type { BackedUpFile } from './backup-files.ts';
import { schemaVersion } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';

/**
 * Writes everything into one file that only its owner may read: a copy of the database, consistent also
 * while it is in use, with the other files in a table of their own. The file must not exist.
 */
export function writeBackup(
  databaseFile: string,
  target: string,
  files: readonly BackedUpFile[],
): void {
  keepPrivate(target);
  const source = new DatabaseSync(databaseFile, { readOnly: true, timeout: 10_000 });
  try {
    source.prepare('vacuum into ?').run(target);
  } finally {
    source.close();
  }
  addFiles(target, files);
}

/**
 * Takes a backup apart: the database goes to `databaseFile`, which must not exist, the other files are
 * returned. Also takes the copies that are made before an update, which hold little else. Throws
 * `invalid-request` for any other file and `conflict` for one of a newer Millpond.
 */
export function readBackup(backup: string, databaseFile: string): readonly BackedUpFile[] {
  refuseForeign(backup);
  keepPrivate(databaseFile);
  copyDatabase(backup, databaseFile);
  const database = new DatabaseSync(databaseFile);
  try {
    if (!hasTable(database, 'backup_files')) return [];
    const rows = database.prepare('select name, content from backup_files').all();
    database.exec('drop table backup_files');
    database.exec('vacuum');
    return rows.flatMap(({ name, content }) =>
      typeof name === 'string' && content instanceof Uint8Array ? [{ name, content }] : [],
    );
  } finally {
    database.close();
  }
}

function copyDatabase(source: string, target: string): void {
  if (!existsSync(`${source}-wal`)) {
    copyFileSync(source, target);
    return;
  }
  // It was put aside after a kill: its latest changes are not in the file itself yet.
  const database = new DatabaseSync(source);
  try {
    database.prepare('vacuum into ?').run(target);
  } finally {
    database.close();
  }
}

/** The newest schema that this Millpond knows. */
export const knownSchema = allMigrations.at(-1)?.version ?? 0;

function refuseForeign(backup: string): void {
  const version = versionOf(backup);
  if (version === undefined) {
    throw new MillpondError('invalid-request', `${backup} is no backup of Millpond`);
  }
  if (version <= knownSchema) return;
  throw new MillpondError(
    'conflict',
    `${backup} was written by a newer Millpond (schema ${version.toString()}, this one knows ${knownSchema.toString()}); update Millpond first`,
  );
}

/** Undefined for what is no database of Millpond. */
function versionOf(file: string): number | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const isWhole = database.prepare('pragma quick_check(1)').get()?.['quick_check'] === 'ok';
    return isWhole && hasTable(database, 'persons') ? schemaVersion(database) : undefined;
  } catch {
    return undefined; // the caller says that it is none
  } finally {
    database?.close();
  }
}

function hasTable(database: DatabaseSync, name: string): boolean {
  const found = database
    .prepare("select 1 from sqlite_master where type = 'table' and name = ?")
    .get(name);
  return found !== undefined;
}

/** Throws what a restore of this file or folder would throw because of what is in it; changes nothing. */
export function checkBackup(backup: string, databaseFile: string): void {
  const isFolder = statSync(backup).isDirectory();
  refuseForeign(isFolder ? join(backup, basename(databaseFile)) : backup);
}
