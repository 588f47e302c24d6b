import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { damagedReason, databaseError } from '../sqlite-error.ts';
import { isGarbageWal, wasOurs } from './damaged-file.ts';
import { damagedFolder, finishRecovery, outcomeName, recoverDatabase } from './recover-database.ts';
import type { Recovery, RecoverOptions } from './recover-database.ts';

const markOf = (file: string): string => `${file}.check`;

/** Has the next opening read every page, however large the file is. */
export function wantCheck(file: string): void {
  try {
    writeFileSync(markOf(file), '', { mode: 0o600 });
  } catch {
    // On a full or broken disk nothing can be asked for; the damage shows again by itself.
  }
}

export function wantsCheck(file: string): boolean {
  return existsSync(markOf(file));
}

/**
 * Opens a database, and where that fails because it is damaged, sets it aside and opens what could be
 * brought over. What is no database of ours is left alone, and its error thrown.
 */
export function openOrRecover<T>(
  open: () => T,
  options: RecoverOptions,
): { readonly opened: T; readonly recovery?: Recovery } {
  const { file } = options;
  finishRecovery(file);
  const withoutLog = setGarbageLogAside(options);
  try {
    const opened = open();
    rmSync(markOf(file), { force: true });
    return { opened, ...(withoutLog && { recovery: withoutLog }) };
  } catch (error) {
    if (databaseError(error, file).reason !== damagedReason || !wasOurs(file)) throw error;
    const recovery = recoverDatabase(options);
    const lostLatest = recovery.lostLatest || withoutLog !== undefined;
    rmSync(markOf(file), { force: true });
    return { opened: open(), recovery: { ...recovery, lostLatest } };
  }
}

/** SQLite would silently overwrite it; so somebody is told, and may look at it. */
function setGarbageLogAside({ file, backupFolder, now }: RecoverOptions): Recovery | undefined {
  const log = `${file}-wal`;
  if (!existsSync(file) || !isGarbageWal(log)) return undefined;
  const folder = damagedFolder(backupFolder, now);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  renameSync(log, join(folder, basename(log)));
  rmSync(`${file}-shm`, { force: true });
  const recovery: Recovery = { folder, at: now, tables: [], lostLatest: true };
  writeFileSync(join(folder, outcomeName), JSON.stringify(recovery), { mode: 0o600 });
  return recovery;
}
