import { MillpondError } from '../core/error.ts';

/**
 * - `reading` at least `needsBytes` of the file must be there before the header can be complete
 * - `complete` the header (metadata and tensor list) ends at `headerBytes`
 */
export type GgufExtent =
  | { readonly phase: 'reading'; readonly needsBytes: number }
  | { readonly phase: 'complete'; readonly headerBytes: number };

/** No real header comes near it; the largest vocabularies take about ten megabytes. */
export const maxHeaderBytes = 64 * 1024 * 1024;

const fixedBytes = 24;
const maxDimensions = 8;
const maxArrayDepth = 4;
/** The least that an entry of the metadata and one of the tensor list can take. */
const minEntryBytes = 13;
const minTensorBytes = 24;
/** What the format allows for a key; tensors' names are far shorter. */
const maxNameBytes = 65_535;

const scalarBytes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const stringType = 8;
const arrayType = 9;

/** What is read next, once what is to be passed over has passed. */
type Step =
  | { readonly at: 'start' | 'entry' | 'tensor' | 'string' | 'end' }
  | { readonly at: 'value'; readonly type: number }
  | { readonly at: 'array' };

/**
 * Finds the end of a GGUF header while it arrives, piece by piece, without keeping the pieces.
 * Throws `model-load-failed` for anything that is no GGUF file of version 2 or 3, or claims more
 * than a header can hold.
 */
export class GgufExtentReader {
  private rest: Buffer = Buffer.alloc(0);
  /** Where `rest` begins in the file. */
  private offset = 0;
  private step: Step = { at: 'start' };
  /** Bytes that are passed over before the next step. */
  private toSkip = 0;
  /** Elements left in the arrays that are being passed over, the innermost last. */
  private readonly arrays: { readonly type: number; left: number }[] = [];
  private entries = 0;
  private tensors = 0;

  /** Takes the next bytes of the file, in order. */
  push(bytes: Uint8Array): GgufExtent {
    this.rest = this.rest.length === 0 ? asBuffer(bytes) : Buffer.concat([this.rest, bytes]);
    while (this.passOver() && this.advance());
    if (this.step.at === 'end' && this.toSkip === 0) {
      return { phase: 'complete', headerBytes: this.offset };
    }
    const needsBytes = this.offset + this.toSkip + this.leastAhead();
    if (needsBytes > maxHeaderBytes) throw tooLarge();
    return { phase: 'reading', needsBytes };
  }

  /** False when more bytes are needed first. */
  private advance(): boolean {
    switch (this.step.at) {
      case 'start':
        return this.readStart();
      case 'entry':
        return this.readEntry();
      case 'value':
        return this.readValue(this.step.type);
      case 'array':
        return this.readArray();
      case 'string':
        return this.readString();
      case 'tensor':
        return this.readTensor();
      case 'end':
        return false;
    }
  }

  private readStart(): boolean {
    if (this.rest.length >= 4 && this.rest.toString('latin1', 0, 4) !== 'GGUF') throw notGguf();
    if (this.rest.length < fixedBytes) return false;
    const version = this.rest.readUInt32LE(4);
    if (version < 2 || version > 3) throw unknownVersion(version);
    this.tensors = this.count(8, minTensorBytes);
    this.entries = this.count(16, minEntryBytes);
    this.take(fixedBytes);
    this.next();
    return true;
  }

  private readEntry(): boolean {
    const keyBytes = this.nameLength();
    if (keyBytes === undefined || this.rest.length < 8 + keyBytes + 4) return false;
    const type = this.rest.readUInt32LE(8 + keyBytes);
    this.take(8 + keyBytes + 4);
    this.entries -= 1;
    this.step = { at: 'value', type };
    return true;
  }

  private readValue(type: number): boolean {
    const size = scalarBytes[type];
    if (size !== undefined) {
      this.toSkip = size;
      this.next();
    } else if (type === stringType) {
      this.step = { at: 'string' };
    } else if (type === arrayType) {
      this.step = { at: 'array' };
    } else throw damaged(`a value of the unknown type ${type}`);
    return true;
  }

  private readArray(): boolean {
    if (this.rest.length < 12) return false;
    const type = this.rest.readUInt32LE(0);
    const size = scalarBytes[type];
    const length = this.count(4, size ?? (type === arrayType ? 12 : 8));
    this.take(12);
    if (size !== undefined) this.toSkip = size * length;
    else if (type !== stringType && type !== arrayType) {
      throw damaged(`a list of the unknown type ${type}`);
    } else if (this.arrays.length >= maxArrayDepth) throw damaged('lists inside lists');
    else this.arrays.push({ type, left: length });
    this.next();
    return true;
  }

  private readString(): boolean {
    if (this.rest.length < 8) return false;
    const length = this.count(0, 1);
    this.take(8);
    this.toSkip = length;
    this.next();
    return true;
  }

  private readTensor(): boolean {
    const nameBytes = this.nameLength();
    if (nameBytes === undefined || this.rest.length < 8 + nameBytes + 4) return false;
    const dimensions = this.rest.readUInt32LE(8 + nameBytes);
    if (dimensions > maxDimensions) throw damaged(`a tensor of ${dimensions} dimensions`);
    const size = 8 + nameBytes + 4 + dimensions * 8 + 4 + 8;
    if (this.rest.length < size) return false;
    this.take(size);
    this.tensors -= 1;
    this.next();
    return true;
  }

  /** What comes after a value: the rest of its lists, the next entry, the tensors, the end. */
  private next(): void {
    for (let inner = this.arrays.at(-1); inner !== undefined; inner = this.arrays.at(-1)) {
      if (inner.left > 0) {
        inner.left -= 1;
        this.step = { at: inner.type === stringType ? 'string' : 'array' };
        return;
      }
      this.arrays.pop();
    }
    if (this.entries > 0) this.step = { at: 'entry' };
    else this.step = { at: this.tensors > 0 ? 'tensor' : 'end' };
  }

  /** False while bytes of a value that nobody needs to see are still to come. */
  private passOver(): boolean {
    const passed = Math.min(this.toSkip, this.rest.length);
    this.take(passed);
    this.toSkip -= passed;
    return this.toSkip === 0;
  }

  /** What the rest of the header takes at the least. */
  private leastAhead(): number {
    const inArrays = this.arrays.reduce(
      (sum, { type, left }) => sum + left * (type === stringType ? 8 : 12),
      0,
    );
    const ahead = inArrays + this.entries * minEntryBytes + this.tensors * minTensorBytes;
    return Math.max(ahead, this.rest.length + 1);
  }

  /** A count of things that take at least so many bytes each. */
  private count(position: number, leastBytes: number): number {
    const value = this.rest.readBigUInt64LE(position);
    if (value * BigInt(leastBytes) > BigInt(maxHeaderBytes)) throw tooLarge();
    return Number(value);
  }

  /** The length in front of a name; undefined while its eight bytes are not there. */
  private nameLength(): number | undefined {
    if (this.rest.length < 8) return undefined;
    const length = this.count(0, 1);
    if (length > maxNameBytes) throw damaged('a name of endless length');
    return length;
  }

  private take(bytes: number): void {
    this.rest = this.rest.subarray(bytes);
    this.offset += bytes;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function notGguf(): MillpondError {
  return failure('This is not a GGUF file; it may be an error page under its name');
}

function unknownVersion(version: number): MillpondError {
  return failure(`This GGUF file has version ${version}, which cannot be read here`);
}

function damaged(what: string): MillpondError {
  return failure(`This GGUF file is damaged: its header holds ${what}`);
}

function tooLarge(): MillpondError {
  return failure('This GGUF file is damaged: its header claims to be larger than any real one');
}

function failure(sentence: string): MillpondError {
  return new MillpondError('model-load-failed', sentence);
}
