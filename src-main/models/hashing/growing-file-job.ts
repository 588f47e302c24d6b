import { closeSync, openSync, readSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { MillpondError } from '../../core/error.ts';
import { type Answer, formatCheck, type HashJob } from './hash-job.ts';

interface Range {
  readonly start: number;
  readonly end: number;
  readonly wantsCheck: boolean;
}

/** What is being read: `isNext` when the whole digest goes on exactly here. */
interface Reading extends Range {
  position: number;
  crc: number;
  readonly isNext: boolean;
}

const pieceBytes = 512 * 1024;
const piece = new Uint8Array(pieceBytes);

/**
 * The digest of a file that arrives out of order, and the check of each range that arrived. Ranges
 * do not overlap. What comes in order is read once for both; anything else waits for its turn.
 */
export class GrowingFileJob implements HashJob {
  private readonly job: { readonly id: number; readonly path: string; readonly sizeBytes: number };
  private readonly answer: Answer;
  private readonly file: number;
  private readonly hash = createHash('sha256');
  /** By their start. */
  private readonly waiting = new Map<number, Range>();
  private reading: Reading | undefined;
  /** Up to here the digest has seen the file. */
  private hashedBytes = 0;
  private isAnswered = false;

  constructor(
    job: { readonly id: number; readonly path: string; readonly sizeBytes: number },
    answer: Answer,
  ) {
    this.job = job;
    this.answer = answer;
    this.file = openSync(job.path, 'r');
  }

  add(range: Range): void {
    this.waiting.set(range.start, range);
  }

  step(): boolean {
    this.reading ??= this.pick();
    if (this.reading !== undefined) {
      this.readOn(this.reading);
      return true;
    }
    if (this.hashedBytes >= this.job.sizeBytes && !this.isAnswered) {
      this.isAnswered = true;
      this.answer({ type: 'digest', id: this.job.id, digest: this.hash.digest('hex') });
    }
    return false;
  }

  close(): void {
    closeSync(this.file);
  }

  private pick(): Reading | undefined {
    const next = this.waiting.get(this.hashedBytes);
    if (next !== undefined) return begin(next, true);
    for (const range of this.waiting.values()) if (range.wantsCheck) return begin(range, false);
    return undefined;
  }

  private readOn(reading: Reading): void {
    const length = Math.min(pieceBytes, reading.end - reading.position);
    const bytes = piece.subarray(0, readSync(this.file, piece, 0, length, reading.position));
    if (bytes.length < length) throw new MillpondError('unavailable', shrunk(this.job.path));
    if (reading.wantsCheck) reading.crc = crc32(bytes, reading.crc);
    if (reading.isNext) this.hash.update(bytes);
    reading.position += bytes.length;
    if (reading.position < reading.end) return;
    this.reading = undefined;
    this.finish(reading);
  }

  private finish({ start, end, wantsCheck, isNext, crc }: Reading): void {
    if (wantsCheck) {
      this.answer({ type: 'check', id: this.job.id, start, check: formatCheck(crc) });
    }
    if (isNext) {
      this.hashedBytes = end;
      this.waiting.delete(start);
    } else {
      this.waiting.set(start, { start, end, wantsCheck: false });
    }
  }
}

function begin(range: Range, isNext: boolean): Reading {
  return { ...range, isNext, position: range.start, crc: 0 };
}

function shrunk(path: string): string {
  return `${path} became shorter while Millpond worked on it; let no other program change it`;
}
