import { closeSync, openSync, readSync } from 'node:fs';
import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { DigestAlgorithm, FileSegment, FromHashWorker } from './hash-protocol.ts';

/** Work that is done in small pieces, so that several jobs and messages take turns. */
export interface HashJob {
  /** Does one piece; false while there is nothing to do. Throws when a file cannot be read. */
  step(): boolean;
  close(): void;
}

export type Answer = (message: FromHashWorker) => void;

/** Fits the processor's cache beside everything else: what is hashed twice is read once. */
const pieceBytes = 512 * 1024;
const progressBytes = 32 * 1024 * 1024;
const piece = new Uint8Array(pieceBytes);

/** Up to one piece from `position`; shorter before `end` or the end of the file. */
function readPiece(file: number, position: number, end: number): Uint8Array {
  const length = Math.min(pieceBytes, end - position);
  return piece.subarray(0, readSync(file, piece, 0, length, position));
}

/** Eight hexadecimal digits of CRC-32: it notices damage, and proves nothing against intent. */
export function formatCheck(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/** One digest over several files, or parts of them, in order. */
export class DigestJob implements HashJob {
  private readonly id: number;
  private readonly segments: readonly FileSegment[];
  private readonly answer: Answer;
  private readonly hash: Hash;
  private file: number | undefined;
  private index = 0;
  private position = 0;
  private doneBytes = 0;
  private saidBytes = 0;

  constructor(
    job: {
      readonly id: number;
      readonly segments: readonly FileSegment[];
      readonly algorithm: DigestAlgorithm;
      readonly prefix: string;
    },
    answer: Answer,
  ) {
    this.id = job.id;
    this.segments = job.segments;
    this.answer = answer;
    this.hash = createHash(job.algorithm).update(job.prefix);
  }

  step(): boolean {
    const segment = this.segments[this.index];
    if (segment === undefined) {
      this.answer({ type: 'digest', id: this.id, digest: this.hash.digest('hex') });
      return false;
    }
    this.file ??= openSync(segment.path, 'r');
    const from = segment.start + this.position;
    const bytes = readPiece(this.file, from, segment.end);
    this.hash.update(bytes);
    this.position += bytes.length;
    this.doneBytes += bytes.length;
    if (bytes.length === 0) this.next();
    if (this.doneBytes - this.saidBytes >= progressBytes) {
      this.saidBytes = this.doneBytes;
      this.answer({ type: 'progress', id: this.id, doneBytes: this.doneBytes });
    }
    return true;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private next(): void {
    this.close();
    this.index += 1;
    this.position = 0;
  }
}

/** The check of each block of one file. */
export class BlocksJob implements HashJob {
  private readonly job: { readonly id: number; readonly blockBytes: number };
  private readonly answer: Answer;
  private readonly file: number;
  private readonly checks: string[] = [];
  private crc = 0;
  private position = 0;

  constructor(
    job: { readonly id: number; readonly path: string; readonly blockBytes: number },
    answer: Answer,
  ) {
    this.job = job;
    this.answer = answer;
    this.file = openSync(job.path, 'r');
  }

  step(): boolean {
    const { blockBytes, id } = this.job;
    const blockEnd = (this.checks.length + 1) * blockBytes;
    const bytes = readPiece(this.file, this.position, blockEnd);
    this.crc = crc32(bytes, this.crc);
    this.position += bytes.length;
    const isBehindBlockStart = this.position > this.checks.length * blockBytes;
    if (this.position === blockEnd || (bytes.length === 0 && isBehindBlockStart)) {
      this.checks.push(formatCheck(this.crc));
      this.crc = 0;
    }
    if (bytes.length > 0) return true;
    this.answer({ type: 'blocks', id, checks: this.checks });
    return false;
  }

  close(): void {
    closeSync(this.file);
  }
}
