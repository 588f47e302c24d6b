/** How a transfer behaves. Tests make it small; the program uses `standardTuning`. */
export interface TransferTuning {
  /** The unit of checking and repairing. */
  readonly blockBytes: number;
  /** The longest range that is asked for at once, in blocks. */
  readonly spanBlocks: number;
  /** Arrived bytes of one range that are written together. */
  readonly flushBytes: number;
  /** Written bytes of the whole file after which its journal says so. */
  readonly recordBytes: number;
  /** Ranges at the same time: at first and at most. */
  readonly firstRanges: number;
  readonly mostRanges: number;
  /** A connection that says nothing for so long is replaced. */
  readonly stallMs: number;
  /** Without a byte for so long, and after several attempts, the transfer gives up. */
  readonly giveUpMs: number;
  /** Pauses between attempts, exponential with full jitter. */
  readonly retryMs: { readonly initial: number; readonly max: number };
  /** How often rate, disk and progress are looked at. */
  readonly tickMs: number;
  /** How often what was written is made durable. */
  readonly syncMs: number;
}

const mebibyte = 1024 * 1024;

/**
 * A kill loses what was read but not written (up to `mostRanges` × 2 × `flushBytes`) and what was
 * written but not recorded (`recordBytes`): 6 MiB at most.
 */
export const standardTuning: TransferTuning = {
  blockBytes: 8 * mebibyte,
  spanBlocks: 8,
  flushBytes: mebibyte / 4,
  recordBytes: 2 * mebibyte,
  firstRanges: 2,
  mostRanges: 8,
  stallMs: 15_000,
  giveUpMs: 180_000,
  retryMs: { initial: 500, max: 20_000 },
  tickMs: 1_000,
  syncMs: 3_000,
};
