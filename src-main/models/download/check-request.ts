import { isAbsolute } from 'node:path';
import { MillpondError } from '../../core/error.ts';
import { checkedPath } from '../hub/file-path.ts';
import type { DownloadRequest } from './download.ts';

/** Throws `invalid-request` unless every file has a place of its own below an absolute folder. */
export function checkRequest({ files, folder, name }: DownloadRequest): void {
  const wrong = files.find(({ path }) => checkedPath(path) === undefined);
  if (wrong !== undefined) {
    const shown = wrong.path.slice(0, 100);
    refuse(`${name} cannot be downloaded: “${shown}” may not become a file on this disk`);
  }
  // Two names that differ in case only are one file on some disks.
  const places = new Set(files.map(({ path }) => path.toLowerCase()));
  const isSound = files.length > 0 && places.size === files.length && isAbsolute(folder);
  if (!isSound) refuse(`${name} cannot be downloaded: its list of files makes no sense`);
}

function refuse(sentence: string): never {
  throw new MillpondError('invalid-request', sentence);
}
