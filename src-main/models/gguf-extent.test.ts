import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type GgufMetadata, writeGguf } from '../testing/gguf/gguf-writer.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { GgufExtentReader, maxHeaderBytes, type GgufExtent } from './gguf-extent.ts';

const alignment = 32;

/** A small model with every kind of value that our writer knows. */
function smallModel(metadata: GgufMetadata = {}): { bytes: Buffer; weightBytes: number } {
  const path = join(temporaryFolder(), 'model.gguf');
  writeGguf(
    path,
    {
      'general.architecture': { type: 'string', value: 'llama' },
      'llama.context_length': { type: 'uint32', value: 2048 },
      'llama.rope.scale': { type: 'float32', value: 0.5 },
      'tokenizer.ggml.add_bos_token': { type: 'boolean', value: true },
      'tokenizer.ggml.tokens': { type: 'strings', value: ['<s>', 'ä', '', 'token'] },
      'tokenizer.ggml.token_type': { type: 'int32s', value: [1, 2, 3, 4] },
      ...metadata,
    },
    [
      { name: 'token_embd.weight', shape: [64, 8], type: 'f32' },
      { name: 'output.weight', shape: [64], type: 'f16' },
    ],
  );
  return { bytes: readFileSync(path), weightBytes: 64 * 8 * 4 + 64 * 2 };
}

function pushAll(bytes: Uint8Array, chunkBytes: number): GgufExtent {
  const reader = new GgufExtentReader();
  let extent: GgufExtent = { phase: 'reading', needsBytes: 0 };
  for (let at = 0; at < bytes.length && extent.phase === 'reading'; at += chunkBytes) {
    extent = reader.push(bytes.subarray(at, at + chunkBytes));
  }
  return extent;
}

function headerBytesOf(extent: GgufExtent): number {
  if (extent.phase === 'complete') return extent.headerBytes;
  throw new Error('the header is not complete');
}

test.each([1, 7, 64, 100_000])('finds the end of a header that arrives by %i bytes', (size) => {
  const { bytes, weightBytes } = smallModel();
  const end = headerBytesOf(pushAll(bytes, size));
  // Behind the header comes padding, then the weights to the end of the file.
  expect(Math.ceil(end / alignment) * alignment).toBe(bytes.length - weightBytes);
});

test('needs all bytes of the header and not one more', () => {
  const { bytes } = smallModel();
  const end = headerBytesOf(pushAll(bytes, bytes.length));
  expect(pushAll(bytes.subarray(0, end), end)).toEqual({ phase: 'complete', headerBytes: end });
  expect(pushAll(bytes.subarray(0, end - 1), end)).toMatchObject({ phase: 'reading' });
});

test('never asks for more than the header has, and always for more than there is', () => {
  const { bytes } = smallModel();
  const end = headerBytesOf(pushAll(bytes, bytes.length));
  const reader = new GgufExtentReader();
  for (let at = 0; at < end - 1; at++) {
    const extent = reader.push(bytes.subarray(at, at + 1));
    if (extent.phase !== 'reading') throw new Error('complete too early');
    expect(extent.needsBytes).toBeGreaterThan(at + 1);
    expect(extent.needsBytes).toBeLessThanOrEqual(end);
  }
});

test('passes over a vocabulary without keeping it', () => {
  const tokens = Array.from({ length: 50_000 }, (_, index) => `token ${index}`);
  const { bytes } = smallModel({ 'tokenizer.ggml.merges': { type: 'strings', value: tokens } });
  expect(headerBytesOf(pushAll(bytes, 64 * 1024))).toBeGreaterThan(50_000 * 15);
});

test('reads lists inside lists and all other types of values', () => {
  const scalars = [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12].map((type) => {
    const sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
    return entry('k', type, Buffer.alloc(sizes[type] ?? 0));
  });
  const nested = entry(
    'lists',
    9,
    list(9, 2, [list(4, 3, [Buffer.alloc(12)]), list(8, 1, [text('x')])]),
  );
  const empty = entry('none', 9, list(8, 0, []));
  const bytes = header({ entries: [...scalars, nested, empty, entry('last', 8, text('end'))] });
  for (const size of [1, bytes.length]) {
    expect(pushAll(bytes, size)).toEqual({ phase: 'complete', headerBytes: bytes.length });
  }
});

test('takes version 2 as well', () => {
  const bytes = header({ version: 2, entries: [entry('k', 4, Buffer.alloc(4))] });
  expect(pushAll(bytes, 5)).toEqual({ phase: 'complete', headerBytes: bytes.length });
});

test.each([
  ['a web page', Buffer.from('<!doctype html><title>Welcome</title>'), /not a GGUF file/],
  ['an old version', header({ version: 1 }), /version 1/],
  ['a newer version', header({ version: 4 }), /version 4/],
  ['a big-endian file', header({ version: 0x03000000 }), /version/],
  ['endless metadata', header({ entryCount: 2n ** 60n }), /larger than any real one/],
  ['endless tensors', header({ tensorCount: 2n ** 63n }), /larger than any real one/],
  ['an endless key', header({ entryCount: 1n, tail: long(2n ** 40n) }), /larger than any real one/],
  ['a huge key', header({ entryCount: 1n, tail: long(70_000n) }), /name of endless length/],
  [
    'an endless text',
    header({ entries: [entry('k', 8, long(2n ** 62n))] }),
    /larger than any real one/,
  ],
  [
    'an endless list',
    header({ entries: [entry('k', 9, list(4, 2 ** 40, []))] }),
    /larger than any real one/,
  ],
  ['an unknown type', header({ entries: [entry('k', 99, Buffer.alloc(8))] }), /unknown type 99/],
  [
    'a list of an unknown type',
    header({ entries: [entry('k', 9, list(50, 1, []))] }),
    /unknown type 50/,
  ],
  [
    'lists inside lists without end',
    header({ entries: [entry('k', 9, Buffer.concat(Array(10).fill(list(9, 1, []))))] }),
    /lists inside lists/,
  ],
  [
    'a tensor of many dimensions',
    header({ tensorCount: 1n, tail: Buffer.concat([text('t'), uint32(1_000_000)]) }),
    /1000000 dimensions/,
  ],
])('refuses %s', (_what, bytes, sentence) => {
  expect(() => pushAll(bytes, bytes.length)).toThrow(sentence);
  expect(() => pushAll(bytes, 3)).toThrow(expect.objectContaining({ code: 'model-load-failed' }));
});

test('gives up on a header that grows beyond every real one', () => {
  const reader = new GgufExtentReader();
  const megabyte = 1024 * 1024;
  reader.push(header({ entryCount: 1000n }));
  const big = entry('k', 8, Buffer.concat([long(BigInt(megabyte)), Buffer.alloc(megabyte)]));
  expect(() => {
    for (let pushed = 0; pushed <= maxHeaderBytes; pushed += megabyte) reader.push(big);
  }).toThrow(/larger than any real one/);
});

function header(fields: {
  readonly version?: number;
  readonly entries?: readonly Buffer[];
  readonly entryCount?: bigint;
  readonly tensorCount?: bigint;
  readonly tail?: Buffer;
}): Buffer {
  const { version = 3, entries = [], tensorCount = 0n, tail = Buffer.alloc(0) } = fields;
  return Buffer.concat([
    Buffer.from('GGUF'),
    uint32(version),
    long(tensorCount),
    long(fields.entryCount ?? BigInt(entries.length)),
    ...entries,
    tail,
  ]);
}

function entry(key: string, type: number, value: Buffer): Buffer {
  return Buffer.concat([text(key), uint32(type), value]);
}

function list(type: number, length: number, elements: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(type), long(BigInt(length)), ...elements]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([long(BigInt(bytes.length)), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
