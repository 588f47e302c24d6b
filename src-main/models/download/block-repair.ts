import type { Span } from './block-map.ts';

/** A file whose content is not yet what it should be. */
export interface DamagedFile {
  read(block: number): Promise<Uint8Array>;
  replace(block: number, bytes: Uint8Array): Promise<void>;
  /** Fetches a block anew. */
  fetch(block: number): Promise<Uint8Array>;
  /** Whether the whole is right now. */
  isRight(): Promise<boolean>;
}

export interface RepairResult {
  readonly isRight: boolean;
  readonly repairedBytes: number;
}

/**
 * Fetches blocks again, in this order, until the whole is right. A block that differs is fetched
 * twice: only what came alike both times replaces what is there, so a bad line makes nothing worse.
 * Blocks that are known to be `damaged` are replaced without a second opinion.
 */
export async function repairBlocks(
  file: DamagedFile,
  blocks: {
    readonly damaged: readonly number[];
    readonly suspects: readonly number[];
  },
): Promise<RepairResult> {
  let repairedBytes = 0;
  for (const block of blocks.damaged) {
    const fetched = await file.fetch(block);
    await file.replace(block, fetched);
    repairedBytes += fetched.length;
  }
  if (blocks.damaged.length > 0 && (await file.isRight())) return { isRight: true, repairedBytes };
  for (const block of blocks.suspects) {
    const better = await betterBlock(file, block);
    if (better === undefined) continue;
    await file.replace(block, better);
    repairedBytes += better.length;
    if (await file.isRight()) return { isRight: true, repairedBytes };
  }
  return { isRight: false, repairedBytes };
}

/** Undefined when what is there is as good as anything that came. */
async function betterBlock(file: DamagedFile, block: number): Promise<Uint8Array | undefined> {
  const present = await file.read(block);
  const first = await file.fetch(block);
  if (isEqual(first, present)) return undefined;
  const second = await file.fetch(block);
  if (isEqual(second, present)) return undefined;
  return isEqual(first, second) ? second : file.fetch(block);
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** The blocks that these byte ranges touch, each once and in order. */
export function blocksIn(ranges: readonly Span[], blockBytes: number): readonly number[] {
  const blocks = new Set<number>();
  for (const { start, end } of ranges) {
    const last = Math.ceil(end / blockBytes);
    for (let block = Math.floor(start / blockBytes); block < last; block += 1) blocks.add(block);
  }
  return [...blocks].toSorted((a, b) => a - b);
}
