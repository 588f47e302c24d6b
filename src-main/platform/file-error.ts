import { MillpondError } from '../core/error.ts';

/** The system's code of a failed file operation, such as `ENOENT`; undefined for anything else. */
export function fileErrorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/**
 * Turns a failed file operation into one sentence that names the path and says what to do.
 * `doing` completes "Millpond cannot …", for example `write to the data folder`.
 */
export function explainFileError(thrown: unknown, doing: string, path: string): MillpondError {
  if (thrown instanceof MillpondError) return thrown;
  const code = fileErrorCode(thrown);
  const advice = code === undefined ? undefined : adviceFor[code];
  const failure = isDiskFull(code) ? 'storage-full' : 'unavailable';
  const why = advice ?? `the system said ${code ?? 'nothing more'}`;
  return new MillpondError(failure, `Millpond cannot ${doing} ${path}: ${why}`, { cause: thrown });
}

const adviceFor: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space and try again',
  EDQUOT: 'your disk quota is used up; free some space and try again',
  EACCES: 'permission was denied; give your user access or choose another folder',
  EPERM: 'the system does not allow it; give your user access or choose another folder',
  EROFS: 'the disk is read-only; choose another folder',
  ENOENT: 'it does not exist; check the path',
  ENOTDIR: 'a part of the path is a file, not a folder; choose another folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'a file of that name is in the way; move it or choose another folder',
  EIO: 'the disk reported an error; check the disk',
  EMFILE: 'too many files are open; close some programs',
};

function isDiskFull(code: string | undefined): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}
