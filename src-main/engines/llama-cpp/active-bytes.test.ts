import type { GgufFileInfo } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { activeBytes } from './active-bytes.ts';

function infoOf(
  tensors: readonly (readonly [name: string, bytes: number, filePart?: number])[],
  experts: { expert_count?: number; expert_used_count?: number } = {},
): GgufFileInfo {
  const ends = new Map<number, number>();
  const fullTensorInfo = tensors.map(([name, bytes, filePart = 1]) => {
    const offset = ends.get(filePart) ?? 0;
    ends.set(filePart, offset + bytes);
    return { name, dimensions: [bytes], offset, filePart };
  });
  return { fullTensorInfo, architectureMetadata: experts } as unknown as GgufFileInfo;
}

test('of a table of tokens only a row is read', () => {
  const info = infoOf([
    ['token_embd.weight', 1000],
    ['blk.0.attn_q.weight', 300],
    ['output.weight', 1000],
  ]);
  expect(activeBytes(info, 2300)).toBe(1300);
});

test('a table that is the output matrix too is read whole', () => {
  const info = infoOf([
    ['token_embd.weight', 1000],
    ['blk.0.attn_q.weight', 300],
  ]);
  expect(activeBytes(info, 1300)).toBe(1300);
});

test('of experts only those in use are read, also in a set of files', () => {
  const info = infoOf(
    [
      ['blk.0.attn_q.weight', 100],
      ['blk.0.ffn_up_exps.weight', 800],
      ['blk.1.ffn_up_exps.weight', 800, 2],
      ['blk.1.ffn_gate_inp.weight', 50, 2],
    ],
    { expert_count: 8, expert_used_count: 2 },
  );
  expect(activeBytes(info, 1750)).toBeCloseTo(100 + 200 + 200 + 50, -1);
});
