import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { uptime } from 'node:os';
import { basename, dirname } from 'node:path';
import { MillpondError } from '../../core/error.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { explainFileError, fileErrorCode } from '../../platform/file-error.ts';
import { acquireInstanceLock, type InstanceLock } from '../../platform/instance-lock.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { syncFolder } from '../../platform/sync-folder.ts';
import type { FileHasher } from '../hashing/file-hasher.ts';
import { BlockMap } from './block-map.ts';
import {
  journalLine,
  type JournalState,
  type PartIdentity,
  readJournal,
  writeJournal,
} from './part-journal.ts';

/** Clocks are corrected now and then; two starts of a computer are further apart. */
const sameBootMs = 60_000;

/** The files beside a download's target while it is under way. */
export function partPaths(target: string) {
  return { part: `${target}.part`, journal: `${target}.part.journal`, lock: `${target}.part.lock` };
}

/**
 * A file that is still arriving: `NAME.part`, as long as it will be and sparse, and a journal that
 * says what of it is there. One process at a time has it open.
 *
 * After a kill everything recorded is believed, because the system still holds what was written.
 * After the computer itself went down only what was made durable before it was recorded is; other
 * full blocks are read back and compared with their check, and half ones are fetched again.
 */
export class PartFile {
  readonly path: string;
  readonly map: BlockMap;
  private readonly target: string;
  private readonly identity: PartIdentity;
  private readonly file: FileHandle;
  private readonly lock: InstanceLock;
  private readonly journal: FileHandle;
  private readonly state: JournalState;
  private readonly unsynced = new Set<number>();
  private appended: Promise<void> = Promise.resolve();
  private isOpen = true;

  private constructor(
    target: string,
    identity: PartIdentity,
    parts: {
      readonly file: FileHandle;
      readonly lock: InstanceLock;
      readonly journal: FileHandle;
      readonly state: JournalState;
    },
  ) {
    this.path = partPaths(target).part;
    this.target = target;
    this.identity = identity;
    this.file = parts.file;
    this.lock = parts.lock;
    this.journal = parts.journal;
    this.state = parts.state;
    this.map = parts.state.map;
  }

  /**
   * Goes on with what is there, or begins. Rejects with `conflict` while another process has it,
   * and with one sentence when the folder cannot be used.
   */
  static async open(target: string, identity: PartIdentity, hasher: FileHasher): Promise<PartFile> {
    const paths = partPaths(target);
    await makeFolder(dirname(target));
    const lock = acquireInstanceLock(paths.lock);
    if (lock === undefined) throw takenElsewhere(target);
    let file: FileHandle | undefined;
    try {
      file = await openOrCreate(paths.part);
      const state = await restore(target, identity, { file, hasher });
      await writeFileAtomic(paths.journal, writeJournal(identity, state));
      const journal = await open(paths.journal, 'a');
      return new PartFile(target, identity, { file, lock, journal, state });
    } catch (error) {
      await file?.close();
      lock.discard();
      if (fileErrorCode(error) === 'EFBIG') throw tooLargeForDisk(target, error);
      throw explainFileError(error, 'write', paths.part);
    }
  }

  get etag(): string | undefined {
    return this.state.etag;
  }

  async write(buffers: readonly Uint8Array[], position: number): Promise<void> {
    try {
      await this.file.writev(buffers, position);
    } catch (error) {
      throw explainFileError(error, 'write', this.path);
    }
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(end - start);
    try {
      await this.file.read(buffer, 0, buffer.length, start);
    } catch (error) {
      throw explainFileError(error, 'read', this.path);
    }
    return buffer;
  }

  /** Notes how far the blocks are that nobody has checked yet. */
  recordProgress(): Promise<void> {
    let lines = '';
    for (const block of this.map.unchecked) {
      lines += journalLine.part(block, this.map.receivedOf(block));
    }
    return this.append(lines);
  }

  /** Notes that a block is full and what it holds. */
  recordFull(block: number, check: string): Promise<void> {
    this.map.setCheck(block, check);
    this.unsynced.add(block);
    return this.append(journalLine.full(block, check));
  }

  recordEtag(etag: string): Promise<void> {
    return this.append(journalLine.etag(etag));
  }

  /** Makes what was written durable, then notes it. */
  async sync(): Promise<void> {
    const blocks = [...this.unsynced];
    this.unsynced.clear();
    try {
      await this.file.datasync();
    } catch (error) {
      throw explainFileError(error, 'write', this.path);
    }
    if (blocks.length > 0) await this.append(journalLine.kept(blocks));
  }

  /** Leaves everything where it is, for another time. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.appended.catch(() => {
      // Told to whoever appended it.
    });
    await this.journal.close();
    await this.file.close();
    this.lock.discard();
  }

  /** Throws away what has arrived. */
  async discard(): Promise<void> {
    await this.close();
    await removePart(this.target);
  }

  /** Puts the finished file in its place, durably. Never replaces another file. */
  async moveIntoPlace(): Promise<void> {
    try {
      await this.file.sync();
      await this.close();
      await refuseExisting(this.target);
      await rename(this.path, this.target);
      await syncFolder(dirname(this.target));
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') throw diskGone(this.path, error);
      throw explainFileError(error, 'write', this.target);
    }
    await removePart(this.target);
  }

  private append(text: string): Promise<void> {
    if (text === '' || !this.isOpen) return Promise.resolve();
    const write = this.appended.then(() => this.journal.appendFile(text));
    this.appended = write.catch(() => {
      // Told to whoever appended it; the next line may fit again.
    });
    return write.catch((error: unknown) => {
      throw explainFileError(error, 'write', partPaths(this.target).journal);
    });
  }
}

/** Removes what an unfinished download left, unless another process is at work on it. */
export async function removePart(target: string): Promise<void> {
  const { part, journal, lock: lockFile } = partPaths(target);
  if (!existsSync(part) && !existsSync(journal)) return;
  const lock = acquireInstanceLock(lockFile);
  if (lock === undefined) return;
  try {
    await rm(part, { force: true });
    await rm(journal, { force: true });
  } catch (error) {
    throw explainFileError(error, 'remove', part);
  } finally {
    lock.discard();
  }
}

/** How many bytes of an unfinished file are there, as far as its journal tells. */
export async function readPartProgress(target: string, identity: PartIdentity): Promise<number> {
  const text = await readFile(partPaths(target).journal, 'utf8').catch(() => '');
  return readJournal(text, identity)?.map.doneBytes ?? 0;
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw error;
    return open(path, 'wx+');
  }
}

async function restore(
  target: string,
  identity: PartIdentity,
  { file, hasher }: { readonly file: FileHandle; readonly hasher: FileHasher },
): Promise<JournalState> {
  const bootedAt = Date.now() - uptime() * 1000;
  const text = await readFile(partPaths(target).journal, 'utf8').catch(() => '');
  const { size } = await file.stat();
  const found = size === identity.sizeBytes ? readJournal(text, identity) : undefined;
  if (found === undefined) {
    await file.truncate(0);
    await file.truncate(identity.sizeBytes);
    const map = new BlockMap(identity.sizeBytes, identity.blockBytes);
    return { map, durable: new Set(), bootedAt, etag: undefined };
  }
  if (Math.abs(found.bootedAt - bootedAt) > sameBootMs) {
    await doubt(found, partPaths(target).part, hasher);
  }
  return { ...found, bootedAt };
}

/** Keeps of what was not durable only the blocks that are on the disk as they were recorded. */
async function doubt({ map, durable }: JournalState, path: string, hasher: FileHasher) {
  const reader = hasher.grow(path, map.sizeBytes);
  try {
    for (let block = 0; block < map.count; block += 1) {
      const check = map.checkOf(block);
      if (durable.has(block) && check !== undefined) continue;
      const { start, end } = map.spanOf(block);
      const isRight = check !== undefined && (await reader.addChecked(start, end)) === check;
      if (!isRight) map.setReceived(block, 0);
    }
  } finally {
    reader.close();
  }
}

async function refuseExisting(target: string): Promise<void> {
  const existing = await open(target, 'r').catch((error: unknown) => {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (existing === undefined) return;
  await existing.close();
  throw inTheWay(target);
}

export function inTheWay(target: string): MillpondError {
  return new MillpondError(
    'conflict',
    `Another file is already at ${target}; move or delete it, then resume the download`,
  );
}

/** Somebody took the file away while it was being written. */
export function diskGone(path: string, cause: unknown): MillpondError {
  const sentence = `${path} is gone: connect its disk again, then resume`;
  return new MillpondError('unavailable', sentence, { cause });
}

function tooLargeForDisk(target: string, cause: unknown): MillpondError {
  return new MillpondError(
    'storage-full',
    `${basename(target)} is larger than any file may be on its disk (FAT32 takes 4 GB); choose a folder on another disk`,
    { cause },
  );
}

function takenElsewhere(target: string): MillpondError {
  return new MillpondError(
    'conflict',
    `${basename(target)} is being downloaded by another Millpond; let it finish there, or stop it there first`,
  );
}
