import { MillpondError } from '../core/error.ts';
import { fileErrorCode } from '../platform/file-error.ts';

// https://sqlite.org/rescode.html; the low byte is the primary code.
const primaryCodes = {
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  readOnly: 8,
  notADatabase: 26,
};
const constraintUnique = 2067;
const constraintPrimaryKey = 1555;

/** Turns what node:sqlite or the file system threw into one sentence that names the file. */
export function databaseError(thrown: unknown, file: string): MillpondError {
  if (thrown instanceof MillpondError) return thrown;
  const details = { cause: thrown };
  if (fileErrorCode(thrown) === 'ENOSPC') return fullDisk(file, thrown);
  const code = sqliteCode(thrown);
  if (code === undefined && isFileError(thrown)) return unusableFile(file, thrown);
  if (code === constraintUnique || code === constraintPrimaryKey) {
    return new MillpondError('conflict', 'Something with this name or id exists already', details);
  }
  switch (code === undefined ? undefined : code & 0xff) {
    case primaryCodes.full:
      return fullDisk(file, thrown);
    case primaryCodes.corrupt:
    case primaryCodes.notADatabase:
      return damagedDatabase(file, thrown);
    case primaryCodes.cannotOpen:
    case primaryCodes.readOnly:
    case primaryCodes.ioError:
      return unusableFile(file, thrown);
    default:
      return new MillpondError(
        'internal',
        'The database refused a query; the log has the details',
        { ...details, reason: refusedReason },
      );
  }
}

/** Of errors about the query alone: file and disk are well. */
export const refusedReason = 'query-refused';

/** Of errors about a database that is damaged, as opposed to one that cannot be reached. */
export const damagedReason = 'database-damaged';

export function damagedDatabase(file: string, cause: unknown): MillpondError {
  return new MillpondError(
    'internal',
    `The database ${file} is damaged or is not a Millpond database. Move it away to start afresh, ` +
      'or put back a copy from the backups folder beside it.',
    { cause, reason: damagedReason },
  );
}

function fullDisk(file: string, cause: unknown): MillpondError {
  return new MillpondError(
    'storage-full',
    `The disk that holds ${file} is full. Free some space, then try again.`,
    { cause },
  );
}

function unusableFile(file: string, cause: unknown): MillpondError {
  return new MillpondError(
    'internal',
    `Millpond can't read and write its database ${file}. Check the permissions of the file and its folder.`,
    { cause },
  );
}

/** Thrown by the file system, not by SQLite: `EACCES`, `EISDIR`, `EROFS`. */
function isFileError(thrown: unknown): boolean {
  return /^E[A-Z]+$/.test(fileErrorCode(thrown) ?? '');
}

function sqliteCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode : undefined;
}
