import { writeFileSync } from 'node:fs';

export interface SafeTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Writes a safetensors file: the length of a JSON header, the header, then the numbers. */
export function writeSafetensors(path: string, tensors: readonly SafeTensor[]): void {
  const header: Record<string, object> = { __metadata__: { format: 'mlx' } };
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    const end = offset + values.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const numbers = tensors.map(({ values }) => Buffer.from(values.buffer));
  writeFileSync(path, Buffer.concat([length, text, ...numbers]));
}
