import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryFile, programFilesAt } from '../platform/program-files.ts';
import { type Database, openDatabase } from '../storage/open-database.ts';
import { ensureOwner } from '../storage/person-store.ts';

/** The database worker's entry, run from source. */
export const databaseWorkerFile = entryFile(
  programFilesAt(join(import.meta.dirname, '..')),
  'database-worker',
);

export interface TestDatabase extends AsyncDisposable {
  readonly database: Database;
  /** A folder of its own, erased at the end. */
  readonly folder: string;
  readonly file: string;
  readonly ownerId: string;
}

/** A real database in its worker thread, in a new folder: `await using test = await openTestDatabase()`. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-'));
  const file = join(folder, 'millpond.db');
  const database = await openDatabase({ file, workerFile: databaseWorkerFile });
  const owner = await ensureOwner(database, 1_000);
  return {
    database,
    folder,
    file,
    ownerId: owner.id,
    async [Symbol.asyncDispose]() {
      await database.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
