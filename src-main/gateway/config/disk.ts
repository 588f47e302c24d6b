import { watch } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { explainFileError, fileErrorCode } from '../../platform/file-error.ts';
import type { ConfigFiles } from './ports.ts';

/** Network folders and containers tell nobody of changes: the file is looked at now and then, too. */
const lookEveryMs = 5000;

/** The config file on the disk. */
export function createConfigFiles(clock: Clock): ConfigFiles {
  return {
    async read(path) {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if (fileErrorCode(error) === 'ENOENT') return undefined;
        throw explainFileError(error, 'read', path);
      }
    },
    write: (path, text) => writeFileAtomic(path, text),
    remove: (path) => rm(path, { force: true }),
    watch(path, changed) {
      const stopNotices = noticeChanges(path, changed);
      const stopLooking = lookNowAndThen(path, changed, clock);
      return () => {
        stopNotices();
        stopLooking();
      };
    },
  };
}

/** The folder is watched: editors put a new file in place of the old one. */
function noticeChanges(path: string, changed: () => void): () => void {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) changed();
    });
    watcher.on('error', () => {
      watcher.close(); // looking now and then stays
    });
    return () => {
      watcher.close();
    };
  } catch {
    return () => {}; // no such folder, or one that cannot be watched: looking now and then stays
  }
}

function lookNowAndThen(path: string, changed: () => void, clock: Clock): () => void {
  let stopTimer: () => void;
  let isOver = false;
  let known: string | undefined;
  const look = async (): Promise<void> => {
    const mark = await stat(path).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs.toString()} ${size.toString()} ${ino.toString()}`,
      () => 'gone',
    );
    if (known !== undefined && mark !== known) changed();
    known = mark;
    if (!isOver) stopTimer = clock.after(lookEveryMs, () => void look());
  };
  stopTimer = clock.after(0, () => void look());
  return () => {
    isOver = true;
    stopTimer();
  };
}
