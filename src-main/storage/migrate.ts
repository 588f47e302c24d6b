import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { MillpondError } from '../core/error.ts';
import type { Migration } from './migrations/migration.ts';

const keptBackups = 3;

interface MigrateOptions {
  readonly file: string;
  readonly backupFolder: string;
  readonly migrations: readonly Migration[];
  /** Epoch milliseconds; names the backup. */
  readonly now: number;
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
  try {
    for (const migration of pending) {
      database.exec(migration.sql);
      database.exec(`pragma user_version = ${migration.version}`);
    }
    database.exec('commit');
  } catch (error) {
    // SQLite rolls back on its own when the disk is full; a second rollback would hide the reason.
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

export function schemaVersion(database: DatabaseSync): number {
  const version = database.prepare('pragma user_version').get()?.['user_version'];
  return typeof version === 'number' ? version : 0;
}

/** The copy that was made before the update which this version does not know. */
function wayBack({ file, backupFolder }: MigrateOptions, newest: number): string {
  const isKnown = (name: string): boolean =>
    name.startsWith(`${basename(file)}.`) && Number(/schema-(\d+)$/.exec(name)?.[1]) <= newest;
  const copies = existsSync(backupFolder) ? readdirSync(backupFolder).filter(isKnown).sort() : [];
  const last = copies.at(-1);
  if (last === undefined) return '';
  return `go back to before its update with \`millpond restore ${join(backupFolder, last)}\`, `;
}

function backUp(database: DatabaseSync, version: number, options: MigrateOptions): void {
  mkdirSync(options.backupFolder, { recursive: true, mode: 0o700 });
  const prefix = `${basename(options.file)}.`;
  const time = new Date(options.now).toISOString().replaceAll(/[:.]/g, '-');
  database
    .prepare('vacuum into ?')
    .run(join(options.backupFolder, `${prefix}${time}.schema-${version}`));
  const backups = readdirSync(options.backupFolder).filter((name) => name.startsWith(prefix));
  for (const name of backups.sort().slice(0, -keptBackups)) {
    rmSync(join(options.backupFolder, name));
  }
}
