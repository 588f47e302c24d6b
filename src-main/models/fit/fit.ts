/** - `fits` runs as it should · `slow` beside the graphics card, or slower than people read · `too-big` not at all */
export type FitVerdict = 'fits' | 'slow' | 'too-big';

/** What models may take of this machine. */
export interface FitLimits {
  /** Of main memory; of the one memory where it is unified. */
  readonly limitBytes: number;
  /** Of the graphics cards together; absent without graphics memory. */
  readonly gpuLimitBytes?: number;
  /** Graphics memory is part of main memory: Apple Silicon. */
  readonly isUnified: boolean;
}

/** What a model would take of main and graphics memory. */
export interface MemoryNeed {
  readonly cpuBytes: number;
  readonly gpuBytes: number;
}

/** What a load with some options would be like. */
export interface FitSubject extends MemoryNeed {
  /** Of `layers`, those that would run on the graphics card. */
  readonly gpuLayers: number;
  readonly layers: number;
  readonly contextLength: number;
  readonly slots: number;
}

/**
 * - `lacks-memory` so much more than models may take · `on-processor` although there is a graphics card
 * - `partly-on-processor` only some layers have room on the card
 * - `slower-than-reading` it has room, but would answer more slowly than people read
 */
export type FitReason =
  | { readonly kind: 'lacks-memory'; readonly missingBytes: number }
  | { readonly kind: 'on-processor' }
  | { readonly kind: 'partly-on-processor'; readonly gpuLayers: number; readonly layers: number }
  | { readonly kind: 'slower-than-reading'; readonly tokensPerSecond: number };

/** What a model would take on this machine, held against what it may take. */
export interface Fit {
  readonly verdict: FitVerdict;
  readonly predictedBytes: number;
  readonly gpuBytes: number;
  readonly gpuLimitBytes?: number;
  readonly limitBytes: number;
  readonly contextLength: number;
  readonly slots: number;
  /** About; absent while nothing was measured that it could be reckoned from. */
  readonly tokensPerSecond?: number;
  /** Why it is not simply *fits*; the words are the window's. */
  readonly reason?: FitReason;
}

/** The share of unified memory that macOS lets the graphics processor hold at once; more of it swaps. */
const workingSetShare = 0.7;

/** What the graphics processor of a machine with unified memory may hold. */
export function unifiedGpuLimit(totalMemoryBytes: number): number {
  return Math.floor(totalMemoryBytes * workingSetShare);
}

/** Holds a need against the limits. */
export function judgeFit(subject: FitSubject, limits: FitLimits): Fit {
  const { cpuBytes, gpuBytes, gpuLayers, layers, contextLength, slots } = subject;
  const missing = missingBytes(subject, limits);
  const isWhole = limits.gpuLimitBytes === undefined || gpuLayers >= layers;
  const verdict = missing > 0 ? 'too-big' : isWhole ? 'fits' : 'slow';
  const reason = reasonOf(verdict, subject, missing);
  return {
    verdict,
    predictedBytes: cpuBytes + gpuBytes,
    gpuBytes,
    ...(limits.gpuLimitBytes !== undefined && { gpuLimitBytes: limits.gpuLimitBytes }),
    limitBytes: limits.limitBytes,
    contextLength,
    slots,
    ...(reason !== undefined && { reason }),
  };
}

/** About as fast as people read. */
const readingTokensPerSecond = 5;

/** Adds what is known of the speed: room alone does not make a model one that fits. */
export function withSpeed(fit: Fit, tokensPerSecond: number | undefined): Fit {
  if (tokensPerSecond === undefined) return fit;
  if (fit.verdict !== 'fits' || tokensPerSecond >= readingTokensPerSecond) {
    return { ...fit, tokensPerSecond };
  }
  const reason = { kind: 'slower-than-reading', tokensPerSecond } as const;
  return { ...fit, tokensPerSecond, verdict: 'slow', reason };
}

/** Bytes that are lacking; 0 when it fits. */
export function missingBytes({ cpuBytes, gpuBytes }: MemoryNeed, limits: FitLimits): number {
  const { limitBytes, gpuLimitBytes, isUnified } = limits;
  const overGpu = gpuLimitBytes === undefined ? 0 : gpuBytes - gpuLimitBytes;
  const inMain = isUnified || gpuLimitBytes === undefined ? cpuBytes + gpuBytes : cpuBytes;
  const overMain = inMain - limitBytes;
  // Separate memories both lack what they lack; one memory lacks the larger of its two limits.
  return isUnified ? Math.max(0, overGpu, overMain) : Math.max(0, overGpu) + Math.max(0, overMain);
}

/** The verdict's order, best first. */
export function compareVerdicts(a: FitVerdict, b: FitVerdict): number {
  const order: readonly FitVerdict[] = ['fits', 'slow', 'too-big'];
  return order.indexOf(a) - order.indexOf(b);
}

function reasonOf(
  verdict: FitVerdict,
  { gpuLayers, layers }: FitSubject,
  missingBytes: number,
): FitReason | undefined {
  switch (verdict) {
    case 'fits':
      return undefined;
    case 'slow':
      return gpuLayers === 0
        ? { kind: 'on-processor' }
        : { kind: 'partly-on-processor', gpuLayers, layers };
    case 'too-big':
      return { kind: 'lacks-memory', missingBytes };
  }
}
