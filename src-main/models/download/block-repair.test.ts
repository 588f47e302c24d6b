import { expect, test } from 'vitest';
import { blocksIn, type DamagedFile, repairBlocks } from './block-repair.ts';

/** Blocks of one byte. `fetches` gives what comes for a block, in order; the last one for ever. */
function damagedFile(present: number[], right: number[], fetches: Record<number, number[]> = {}) {
  const asked: number[] = [];
  const proofs = { made: 0 };
  const file: DamagedFile = {
    read: (block) => Promise.resolve(Uint8Array.of(present[block] ?? 0)),
    replace: (block, bytes) => {
      present.splice(block, 1, bytes[0] ?? 0);
      return Promise.resolve();
    },
    fetch: (block) => {
      asked.push(block);
      const wrong = fetches[block]?.shift();
      return Promise.resolve(Uint8Array.of(wrong ?? right[block] ?? 0));
    },
    isRight: () => {
      proofs.made += 1;
      return Promise.resolve(present.join() === right.join());
    },
  };
  return { file, asked, present, proofs };
}

test('a block that is known to be damaged is fetched once and nothing else', async () => {
  const { file, asked } = damagedFile([1, 9, 3], [1, 2, 3]);
  const result = await repairBlocks(file, { damaged: [1], suspects: [0, 2] });
  expect(result).toEqual({ isRight: true, repairedBytes: 1 });
  expect(asked).toEqual([1]);
});

test('suspects are tried in their order until the whole is right', async () => {
  const { file, asked } = damagedFile([1, 2, 9, 4], [1, 2, 3, 4]);
  const result = await repairBlocks(file, { damaged: [], suspects: [1, 2, 0, 3] });
  expect(result).toEqual({ isRight: true, repairedBytes: 1 });
  expect(asked).toEqual([1, 2, 2]);
});

test('a bad line while repairing replaces nothing good', async () => {
  const { file, present } = damagedFile([1, 9], [1, 2], { 0: [7] });
  const result = await repairBlocks(file, { damaged: [], suspects: [0, 1] });
  expect(result).toEqual({ isRight: true, repairedBytes: 1 });
  expect(present).toEqual([1, 2]);
});

test('gives up when everything was compared', async () => {
  const { file, asked } = damagedFile([1, 2], [1, 2]);
  file.isRight = () => Promise.resolve(false);
  const result = await repairBlocks(file, { damaged: [], suspects: [0, 1] });
  expect(result).toEqual({ isRight: false, repairedBytes: 0 });
  expect(asked).toEqual([0, 1]);
});

const blocks = Array.from({ length: 200 }, (_, block) => block);

test('many bad blocks do not make it read the whole file once for each', async () => {
  const right = blocks.map((block) => block % 250);
  const { file, present, proofs } = damagedFile(Array<number>(200).fill(255), right);
  const result = await repairBlocks(file, { damaged: [], suspects: blocks });
  expect(result).toEqual({ isRight: true, repairedBytes: 200 });
  expect(present).toEqual(right);
  expect(proofs.made).toBeLessThan(10);
});

test('after the last bad block it looks at few others', async () => {
  const right = blocks.map(() => 1);
  const { file, asked } = damagedFile([9, 9, 1, 9, ...right.slice(4)], right);
  const result = await repairBlocks(file, { damaged: [], suspects: blocks });
  expect(result).toEqual({ isRight: true, repairedBytes: 3 });
  expect(new Set(asked).size).toBeLessThan(8);
});

test('a server that gives something else each time is soon left alone', async () => {
  const fickle = Object.fromEntries(blocks.map((block) => [block, [5, 6, 7]]));
  const { file, asked, present, proofs } = damagedFile(Array<number>(200).fill(255), [], fickle);
  const result = await repairBlocks(file, { damaged: [], suspects: blocks });
  expect(result).toEqual({ isRight: false, repairedBytes: 0 });
  expect(present).toEqual(Array<number>(200).fill(255));
  expect(asked).toHaveLength(8 * 3);
  expect(proofs.made).toBe(0);
});

test('knows which blocks byte ranges touch', () => {
  const ranges = [
    { start: 25, end: 31 },
    { start: 0, end: 10 },
  ];
  expect(blocksIn(ranges, 10)).toEqual([0, 2, 3]);
});
