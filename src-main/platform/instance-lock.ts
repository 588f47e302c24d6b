import { rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { MillpondError } from '../core/error.ts';
import { explainFileError } from './file-error.ts';
import { keepPrivate } from './private-file.ts';

export interface InstanceLock {
  /** Lets another process take it. */
  release(): void;
  /** The same, and takes the file away. */
  discard(): void;
}

const sqliteBusy = 5;

/**
 * Locks held by this process. A database that nobody refers to any more is closed by the garbage
 * collector, and its lock is lost with it (measured).
 */
const held = new Set<DatabaseSync>();

/**
 * Takes the data folder, or whatever else the file stands for, for this process; undefined while
 * another one holds it.
 *
 * Node has no file lock, so an exclusive SQLite transaction stands in for one: it is refused while
 * held, and the system frees it when the holder dies in any way.
 */
export function acquireInstanceLock(lockFile: string): InstanceLock | undefined {
  let database: DatabaseSync;
  let opened: string | undefined;
  try {
    // Nobody else may take the lock and so keep the owner out.
    keepPrivate(lockFile);
    opened = identityOf(lockFile);
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
  if (opened === undefined || identityOf(lockFile) !== opened) {
    // The holder before took the file away meanwhile: nobody else would see a lock on that one.
    database.close();
    return acquireInstanceLock(lockFile);
  }
  held.add(database);
  return heldLock(database, lockFile);
}

function heldLock(database: DatabaseSync, lockFile: string): InstanceLock {
  const release = (): void => {
    held.delete(database);
    if (database.isOpen) database.close();
  };
  return {
    release,
    discard() {
      if (!database.isOpen) return;
      // While it is held, so that whoever takes it next makes a file of his own. Windows lets nobody
      // remove an open file: there it stays when somebody else has opened it by then.
      if (process.platform !== 'win32') removeQuietly(lockFile);
      release();
      if (process.platform === 'win32') removeQuietly(lockFile);
    },
  };
}

function removeQuietly(lockFile: string): void {
  try {
    rmSync(lockFile, { force: true });
  } catch {
    // An empty file that stays behind stands in nobody's way.
  }
}

/** Undefined for a file that is not there. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev.toString()}:${found.ino.toString()}`;
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
