import type { Span } from './block-map.ts';

/** A file whose content is not yet what it should be. */
export interface DamagedFile {
  read(block: number): Promise<Uint8Array>;
  replace(block: number, bytes: Uint8Array): Promise<void>;
  /** Fetches a block anew. */
  fetch(block: number): Promise<Uint8Array>;
  /** Whether the whole is right now; reads all of it. */
  isRight(): Promise<boolean>;
}

export interface RepairResult {
  readonly isRight: boolean;
  readonly repairedBytes: number;
}

/** A server that gives something else each time, for so many blocks, can repair nothing. */
const mostContradictions = 8;

/**
 * Fetches blocks again, in this order, until the whole is right. A block that differs is fetched
 * again: only what came alike twice replaces what is there, so a bad line makes nothing worse.
 * Blocks that are known to be `damaged` are replaced without a second opinion.
 *
 * The whole is proved after ever longer stretches of blocks, a handful of times even for a large
 * file; so a few blocks more than needed may be looked at.
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
  const proofs = new SparseProofs();
  let contradictions = 0;
  for (const block of blocks.suspects) {
    const verdict = await judge(file, block);
    if (verdict === 'contradictory') contradictions += 1;
    if (verdict instanceof Uint8Array) {
      await file.replace(block, verdict);
      repairedBytes += verdict.length;
    }
    if (proofs.isDue(verdict instanceof Uint8Array) && (await file.isRight())) {
      return { isRight: true, repairedBytes };
    }
    if (contradictions >= mostContradictions) break;
  }
  return { isRight: proofs.isOwed && (await file.isRight()), repairedBytes };
}

/** When to prove the whole: after 1 block, then 2 more, then 4 more, if something was replaced. */
class SparseProofs {
  private stretch = 1;
  private looked = 0;
  private isChanged = false;

  /** To be asked after each block; true counts as a proof. */
  isDue(wasReplaced: boolean): boolean {
    this.looked += 1;
    this.isChanged ||= wasReplaced;
    if (!this.isChanged || this.looked < this.stretch) return false;
    this.stretch *= 2;
    this.looked = 0;
    this.isChanged = false;
    return true;
  }

  /** Whether something was replaced since the last proof. */
  get isOwed(): boolean {
    return this.isChanged;
  }
}

/** The bytes that came twice for a block; `fine` when they are what is there. */
async function judge(
  file: DamagedFile,
  block: number,
): Promise<Uint8Array | 'fine' | 'contradictory'> {
  const present = await file.read(block);
  const first = await file.fetch(block);
  if (isEqual(first, present)) return 'fine';
  const second = await file.fetch(block);
  if (isEqual(second, present)) return 'fine';
  if (isEqual(first, second)) return second;
  const third = await file.fetch(block);
  if (isEqual(third, present)) return 'fine';
  return isEqual(third, first) || isEqual(third, second) ? third : 'contradictory';
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
