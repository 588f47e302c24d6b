import type { FitView } from '../api.ts';

/** One scale for all rows of a table, so that levels can be compared with one glance. */
export interface FitScale {
  /** Bytes at the right end. */
  readonly maxBytes: number;
  /** Graphics memory: left of this sill a model fits. Absent without, and where all memory is one. */
  readonly gpuBytes: number | undefined;
  /** Everything that engines may take: right of this sill a model won't fit. */
  readonly limitBytes: number;
}

/** Room behind the last sill, so that a level that is too long is seen to cross it. */
const roomBehind = 1.28;

/** The scale for these rows; undefined while nothing was worked out for any of them. */
export function fitScale(
  fits: readonly (FitView | undefined)[],
  hasUnifiedMemory: boolean,
): FitScale | undefined {
  const known = fits.filter((fit) => fit !== undefined);
  if (known.length === 0) return undefined;
  const limitBytes = Math.max(...known.map((fit) => fit.limitBytes));
  const gpuBytes = Math.max(0, ...known.map((fit) => fit.gpuLimitBytes ?? 0));
  const hasTwoSills = gpuBytes > 0 && gpuBytes < limitBytes && !hasUnifiedMemory;
  return {
    maxBytes: limitBytes * roomBehind,
    gpuBytes: hasTwoSills ? gpuBytes : undefined,
    limitBytes,
  };
}

/** Where an amount stands on the scale, from 0 to 1. What is off the scale ends at its end. */
export function shareOfScale(scale: FitScale, bytes: number): number {
  return scale.maxBytes > 0 ? Math.min(1, Math.max(0, bytes / scale.maxBytes)) : 0;
}
