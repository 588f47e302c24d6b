import { DatabaseSync } from 'node:sqlite';
import { MillpondError } from '../core/error.ts';
import { explainFileError } from './file-error.ts';
import { keepPrivate } from './private-file.ts';

export interface InstanceLock {
  /** Lets another runtime use the data folder. */
  release(): void;
}

const sqliteBusy = 5;

/**
 * Locks held by this process. A database that nobody refers to any more is closed by the garbage
 * collector, and its lock is lost with it (measured).
 */
const held = new Set<DatabaseSync>();

/**
 * Takes the data folder for this process, or returns undefined while another runtime holds it.
 *
 * Node has no file lock, so an exclusive SQLite transaction stands in for one: it is refused while
 * held, and the system frees it when the holder dies in any way.
 */
export function acquireInstanceLock(lockFile: string): InstanceLock | undefined {
  let database: DatabaseSync;
  try {
    // Nobody else may take the lock and so keep the owner out.
    keepPrivate(lockFile);
    database = new DatabaseSync(lockFile, { timeout: 0 });
  } catch (error) {
    throw explainLockError(error, lockFile);
  }
  try {
    // A journal in memory keeps the folder free of side files that a crash would leave behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (sqliteCode(error) === sqliteBusy) return undefined;
    throw explainLockError(error, lockFile);
  }
  held.add(database);
  return {
    release() {
      held.delete(database);
      if (database.isOpen) database.close();
    },
  };
}

function sqliteCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode : undefined;
}

function explainLockError(thrown: unknown, lockFile: string): MillpondError {
  if (sqliteCode(thrown) === undefined) return explainFileError(thrown, 'lock', lockFile);
  return new MillpondError(
    'unavailable',
    `Millpond cannot lock ${lockFile}: the folder is not writable or the file is damaged; ` +
      'delete that file or choose another folder',
    { cause: thrown },
  );
}
