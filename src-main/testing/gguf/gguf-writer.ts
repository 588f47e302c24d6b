import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** Values of one metadata entry, by the type the file format gives them. */
export type GgufValue =
  | { readonly type: 'uint32'; readonly value: number }
  | { readonly type: 'float32'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'int32s'; readonly value: readonly number[] }
  | { readonly type: 'float32s'; readonly value: readonly number[] };

export type GgufMetadata = Readonly<Record<string, GgufValue>>;

export type TensorType = 'f32' | 'f16';

/** Types in which quantized models keep their weights. */
export type BlockType = 'q2_K' | 'q3_K' | 'q4_K' | 'q5_K' | 'q6_K' | 'q8_0' | 'bf16';

/** One tensor. The first dimension is the contiguous one, as everywhere in GGUF. */
export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType | BlockType;
  /**
   * Called once, when this tensor is written, so that only one lies in memory. Absent: all zero, as
   * it has to be for a block type.
   */
  readonly values?: () => Float32Array | Float16Array;
}

const alignment = 32;
const version = 3;
const valueTypes = { uint32: 4, int32: 5, float32: 6, boolean: 7, string: 8, array: 9 } as const;
/** So many weights take so many bytes. */
const tensorTypes = {
  f32: { code: 0, weights: 1, bytes: 4 },
  f16: { code: 1, weights: 1, bytes: 2 },
  q8_0: { code: 8, weights: 32, bytes: 34 },
  q2_K: { code: 10, weights: 256, bytes: 84 },
  q3_K: { code: 11, weights: 256, bytes: 110 },
  q4_K: { code: 12, weights: 256, bytes: 144 },
  q5_K: { code: 13, weights: 256, bytes: 176 },
  q6_K: { code: 14, weights: 256, bytes: 210 },
  bf16: { code: 30, weights: 1, bytes: 2 },
} as const;

const alignUp = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
const elementsOf = (tensor: GgufTensor): number => tensor.shape.reduce((a, b) => a * b, 1);
const bytesOf = (tensor: GgufTensor): number => {
  const { weights, bytes } = tensorTypes[tensor.type];
  return (elementsOf(tensor) / weights) * bytes;
};

/** Little-endian bytes, collected piece by piece. */
class ByteWriter {
  private readonly parts: Buffer[] = [];

  uint32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.parts.push(bytes);
  }

  int32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    this.parts.push(bytes);
  }

  uint64(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.parts.push(bytes);
  }

  float32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.parts.push(bytes);
  }

  string(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.uint64(bytes.length);
    this.parts.push(bytes);
  }

  raw(bytes: Buffer): void {
    this.parts.push(bytes);
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.parts);
  }
}

function writeValue(out: ByteWriter, entry: GgufValue): void {
  switch (entry.type) {
    case 'uint32':
      out.uint32(valueTypes.uint32);
      out.uint32(entry.value);
      return;
    case 'float32':
      out.uint32(valueTypes.float32);
      out.float32(entry.value);
      return;
    case 'boolean':
      out.uint32(valueTypes.boolean);
      out.raw(Buffer.from([entry.value ? 1 : 0]));
      return;
    case 'string':
      out.uint32(valueTypes.string);
      out.string(entry.value);
      return;
    case 'strings':
      writeArrayHead(out, valueTypes.string, entry.value.length);
      for (const text of entry.value) out.string(text);
      return;
    case 'int32s':
      writeArrayHead(out, valueTypes.int32, entry.value.length);
      for (const number of entry.value) out.int32(number);
      return;
    case 'float32s':
      writeArrayHead(out, valueTypes.float32, entry.value.length);
      for (const number of entry.value) out.float32(number);
      return;
  }
}

function writeArrayHead(out: ByteWriter, elementType: number, length: number): void {
  out.uint32(valueTypes.array);
  out.uint32(elementType);
  out.uint64(length);
}

function headerOf(metadata: GgufMetadata, tensors: readonly GgufTensor[]): Buffer {
  const out = new ByteWriter();
  const entries = Object.entries(metadata);
  out.raw(Buffer.from('GGUF'));
  out.uint32(version);
  out.uint64(tensors.length);
  out.uint64(entries.length);
  for (const [key, entry] of entries) {
    out.string(key);
    writeValue(out, entry);
  }
  let offset = 0;
  for (const tensor of tensors) {
    out.string(tensor.name);
    out.uint32(tensor.shape.length);
    for (const size of tensor.shape) out.uint64(size);
    out.uint32(tensorTypes[tensor.type].code);
    out.uint64(offset);
    offset += alignUp(bytesOf(tensor));
  }
  return out.toBuffer();
}

function encode(tensor: GgufTensor, values: Float32Array | Float16Array): Uint8Array {
  if (values.length !== elementsOf(tensor)) {
    throw new Error(`${tensor.name}: ${String(values.length)} values do not fill its shape`);
  }
  if (tensor.type !== 'f16' && tensor.type !== 'f32') {
    throw new Error(`${tensor.name}: nothing here can quantize values`);
  }
  const wanted = tensor.type === 'f16' ? new Float16Array(values) : new Float32Array(values);
  return new Uint8Array(wanted.buffer, wanted.byteOffset, wanted.byteLength);
}

function writeAt(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}

/**
 * Writes a GGUF version 3 file and returns its size in bytes. Tensors without values become holes of
 * a sparse file, so a model may be large on paper and still cost no disk.
 */
export function writeGguf(
  path: string,
  metadata: GgufMetadata,
  tensors: readonly GgufTensor[],
): number {
  const header = headerOf(metadata, tensors);
  const file = openSync(path, 'w');
  try {
    writeAt(file, header, 0);
    let position = alignUp(header.length);
    for (const tensor of tensors) {
      if (tensor.values) writeAt(file, encode(tensor, tensor.values()), position);
      position += alignUp(bytesOf(tensor));
    }
    ftruncateSync(file, position);
    return position;
  } finally {
    closeSync(file);
  }
}
