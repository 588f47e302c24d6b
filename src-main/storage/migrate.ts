import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { MillpondError } from '../core/error.ts';
import { keepPrivate } from '../platform/private-file.ts';
import { addFiles } from './backup-files.ts';
import type { Migration } from './migrations/migration.ts';
import { databaseError, refusedReason } from './sqlite-error.ts';
import { copyName, listUpgradeCopies } from './upgrade-copies.ts';

const keptCopies = 3;
const settingsName = 'settings.json';

interface MigrateOptions {
  readonly file: string;
  readonly backupFolder: string;
  readonly migrations: readonly Migration[];
  /** Epoch milliseconds; names the backup. */
  readonly now: number;
  /** Of the Millpond that brings the schema up to date; the copy is named after it. */
  readonly programVersion?: string | undefined;
}

/**
 * Brings the schema to the newest version in one transaction. An existing database is copied first;
 * one that a newer Millpond wrote is refused untouched.
 */
export function migrate(database: DatabaseSync, options: MigrateOptions): void {
  const version = schemaVersion(database);
  const newest = options.migrations.at(-1)?.version ?? 0;
  if (version > newest) {
    throw new MillpondError(
      'conflict',
      `The database ${options.file} was written by a newer Millpond (schema ${version}, this one knows ${newest}). ` +
        `Update Millpond, ${wayBack(options, newest)}or choose another data folder.`,
    );
  }
  const pending = options.migrations.filter((migration) => migration.version > version);
  if (pending.length === 0) return;
  if (version > 0) backUp(database, version, options);
  database.exec('begin immediate');
  let step = version;
  try {
    for (const migration of pending) {
      step = migration.version;
      database.exec(migration.sql);
      database.exec(`pragma user_version = ${migration.version}`);
    }
    database.exec('commit');
  } catch (error) {
    // SQLite rolls back on its own when the disk is full; a second rollback would hide the reason.
    if (database.isTransaction) database.exec('rollback');
    throw migrationError(error, options.file, step);
  }
}

/** A fault of the migration itself is said in SQLite's own words: they name tables, never what is in them. */
function migrationError(thrown: unknown, file: string, version: number): MillpondError {
  const explained = databaseError(thrown, file);
  if (explained.reason !== refusedReason || !(thrown instanceof Error)) return explained;
  return new MillpondError(
    'internal',
    `The database ${file} could not be brought to schema ${version}: ${thrown.message}. It stays as it was.`,
    { cause: thrown, reason: 'migration-failed' },
  );
}

export function schemaVersion(database: DatabaseSync): number {
  const version = database.prepare('pragma user_version').get()?.['user_version'];
  return typeof version === 'number' ? version : 0;
}

/** The copy that was made before the update which this version does not know. */
function wayBack({ file: databaseFile, backupFolder }: MigrateOptions, newest: number): string {
  const copies = listUpgradeCopies({ databaseFile, backupFolder });
  const last = copies.find(({ schema }) => schema <= newest);
  if (last === undefined) return '';
  return `go back to before its update with \`millpond restore ${last.file}\`, `;
}

/** The settings go with it: the version that the copy is for may not read what they become. */
function backUp(database: DatabaseSync, schema: number, options: MigrateOptions): void {
  const { file: databaseFile, backupFolder, now: madeAt, programVersion: before } = options;
  mkdirSync(backupFolder, { recursive: true, mode: 0o700 });
  const copy = join(backupFolder, copyName({ databaseFile, madeAt, schema, before }));
  try {
    keepPrivate(copy);
    database.prepare('vacuum into ?').run(copy);
    const settings = join(dirname(databaseFile), settingsName);
    if (existsSync(settings)) {
      addFiles(copy, [{ name: settingsName, content: readFileSync(settings) }]);
    }
  } catch (error) {
    rmSync(copy, { force: true });
    throw error;
  }
  const old = listUpgradeCopies({ databaseFile, backupFolder }).slice(keptCopies);
  for (const { file } of old) rmSync(file);
}
