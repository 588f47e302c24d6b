import { ftruncateSync } from 'node:fs';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';

const magic = Buffer.from('SQLite format 3\0', 'latin1');
/** Every database of ours is made with it. */
const pageSize = 4096;
/** How the first of our migrations begins a table: it stands in the schema of every database of ours. */
const ownMark = Buffer.from('CREATE TABLE persons (', 'latin1');

/**
 * Whether a file is or once was a database of Millpond: then what SQLite refuses about it is damage.
 * Anything else belongs to somebody else, and is never touched.
 */
export function wasOurs(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const chunk = Buffer.alloc(1024 * 1024);
    // The mark may lie over the seam of two chunks.
    for (let at = 0; at < size; at += chunk.length - ownMark.length) {
      const length = readSync(handle, chunk, 0, chunk.length, at);
      if (chunk.subarray(0, length).includes(ownMark)) return true;
    }
    return false;
  } finally {
    closeSync(handle);
  }
}

/** Where a header says how many pages follow. */
const pageCountAt = 28;

const ownPageSize = Buffer.from([pageSize >> 8, pageSize & 0xff]);
/** Whoever speaks of so many times what is there is wrong. */
const mostMissing = 64;
/** Three bytes that are the same in every database. */
const payloads = Buffer.from([64, 32, 32]);

/** - `sound` SQLite may read it · `short` pages that it speaks of are cut off · `none` it is no header */
export function headerOf(file: string): 'sound' | 'short' | 'none' {
  const handle = openSync(file, 'r');
  try {
    const start = Buffer.alloc(100);
    readSync(handle, start, 0, start.length, 0);
    if (!start.subarray(0, magic.length).equals(magic)) return 'none';
    if (!start.subarray(16, 18).equals(ownPageSize) || !start.subarray(21, 24).equals(payloads)) {
      return 'none';
    }
    // SQLite, too, believes the count only where both of its stamps agree.
    const isStamped = start.readUInt32BE(24) === start.readUInt32BE(92);
    const [said, there] = [start.readUInt32BE(pageCountAt), pagesIn(handle)];
    if (!isStamped || said <= there) return 'sound';
    return said > there * mostMissing ? 'none' : 'short';
  } finally {
    closeSync(handle);
  }
}

/** Copies it and its log so that SQLite reads what is there: with a header, and empty pages for those cut off. */
export function copyReadable(source: string, target: string): void {
  copyFileSync(source, target);
  const hasLog = existsSync(`${source}-wal`) && !isGarbageWal(`${source}-wal`);
  if (hasLog) copyFileSync(`${source}-wal`, `${target}-wal`);
  const handle = openSync(target, 'r+');
  try {
    if (headerOf(source) === 'short') {
      const start = Buffer.alloc(100);
      readSync(handle, start, 0, start.length, 0);
      ftruncateSync(handle, start.readUInt32BE(pageCountAt) * pageSize);
    } else {
      const header = newHeader(pagesIn(handle), hasLog ? 'wal' : 'journal');
      writeSync(handle, header, 0, header.length, 0);
    }
  } finally {
    closeSync(handle);
  }
}

const pagesIn = (handle: number): number => Math.floor(fstatSync(handle).size / pageSize);

/** As https://sqlite.org/fileformat2.html#the_database_header has it. */
function newHeader(pages: number, mode: 'wal' | 'journal'): Buffer {
  const header = Buffer.alloc(100);
  magic.copy(header);
  header.writeUInt16BE(pageSize, 16);
  const format = mode === 'wal' ? 2 : 1;
  header.set([format, format, 0, 64, 32, 32], 18);
  header.writeUInt32BE(1, 24);
  header.writeUInt32BE(pages, pageCountAt);
  header.writeUInt32BE(1, 40);
  header.writeUInt32BE(4, 44);
  header.writeUInt32BE(1, 56);
  header.writeUInt32BE(1, 92);
  header.writeUInt32BE(3_050_000, 96);
  return header;
}

const walMagic: ReadonlySet<number> = new Set([0x377f0682, 0x377f0683]);

/** Whether a write-ahead log holds anything that SQLite would read; it silently skips what it would not. */
export function isGarbageWal(file: string): boolean {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return false; // None is none.
  }
  try {
    if (fstatSync(handle).size === 0) return false;
    const start = Buffer.alloc(4);
    readSync(handle, start, 0, 4, 0);
    return !walMagic.has(start.readUInt32BE(0));
  } finally {
    closeSync(handle);
  }
}
