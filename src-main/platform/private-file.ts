import { chmodSync, closeSync, openSync } from 'node:fs';
import { fileErrorCode } from './file-error.ts';

/**
 * Makes sure that a file exists and only its owner may use it. A file that exists is never opened:
 * on POSIX systems closing it again would lose every lock that this process holds on it.
 */
export function keepPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (fileErrorCode(error) !== 'EEXIST') throw error;
    chmodSync(path, 0o600);
  }
}
