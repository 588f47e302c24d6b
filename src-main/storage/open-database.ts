import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Kysely } from 'kysely';
import { keepPrivate } from '../platform/private-file.ts';
import type { Recovery } from './recovery/recover-database.ts';
import type { DatabaseSchema } from './schema.ts';
import { databaseError } from './sqlite-error.ts';
import { DatabaseWorkerClient } from './worker-client.ts';
import { workerDialect } from './worker-dialect.ts';

export type Database = Kysely<DatabaseSchema>;

interface OpenDatabaseOptions {
  /** The database file; made when it does not exist. */
  readonly file: string;
  /** The entry `database-worker` (`entryFile` of platform/program-files). */
  readonly workerFile: string;
  /** Of the program: a copy from before an update says of which. */
  readonly programVersion?: string | undefined;
  /** A damaged database was set aside, and a new one has what could be read. */
  readonly onRecovered?: ((recovery: Recovery) => void) | undefined;
}

/**
 * Opens the database in its worker thread and brings its schema up to date; of a damaged one, what can be
 * read. Rejects with one sentence when the file is no database of Millpond, unreadable, written by a newer
 * one, or the disk is full.
 * `destroy()` waits for running queries and closes the file.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { file, workerFile, programVersion } = options;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives the files that it keeps beside a database the same permissions.
    keepPrivate(file);
  } catch (error) {
    throw databaseError(error, file);
  }
  const backupFolder = join(dirname(file), 'backups');
  const client = await DatabaseWorkerClient.start(workerFile, {
    file,
    backupFolder,
    programVersion,
  });
  if (client.recovery !== undefined) options.onRecovered?.(client.recovery);
  const database = new Kysely<DatabaseSchema>({ dialect: workerDialect(client) });
  // Kysely closes only what it has used: without a first connection `destroy()` would leave the thread.
  await database.connection().execute(() => Promise.resolve());
  return database;
}
