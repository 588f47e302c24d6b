import { median } from './median.ts';

/** What one load was predicted to take of one memory, and what it took. */
export interface LoadSample {
  readonly predictedBytes: number;
  readonly measuredBytes: number;
}

/** `measured ≈ predicted × factor + offsetBytes`. */
export interface Correction {
  readonly factor: number;
  readonly offsetBytes: number;
}

export const noCorrection: Correction = { factor: 1, offsetBytes: 0 };

/** Older loads may have been those of another driver or another Millpond. */
export const rememberedLoads = 12;

/** With fewer loads, or all of one size, a factor cannot be told from an offset. */
const loadsForFactor = 4;
const sizesForFactor = 2;
const factorRange = { least: 0.85, most: 1.2 };
/** What a process may differ by that has nothing to do with its model: drivers, V8, the shell's Node. */
const offsetRange = { least: -128e6, most: 512e6 };

/**
 * Learns how this machine differs from the prediction. Robust: one odd load among several changes
 * nothing, and however odd the loads were, the correction stays within what can be explained.
 */
export function learnCorrection(samples: readonly LoadSample[]): Correction {
  const recent = samples.slice(-rememberedLoads);
  if (recent.length === 0) return noCorrection;
  const factor = clamp(slopeOf(recent), factorRange);
  const offset = median(
    recent.map(({ predictedBytes, measuredBytes }) => measuredBytes - factor * predictedBytes),
  );
  return { factor, offsetBytes: Math.round(clamp(offset ?? 0, offsetRange)) };
}

/** What the machine will take if it was predicted so. */
export function applyCorrection(
  predictedBytes: number,
  { factor, offsetBytes }: Correction,
): number {
  return Math.max(0, Math.round(predictedBytes * factor + offsetBytes));
}

/** The median slope between loads of clearly different sizes (Theil and Sen); 1 while unknown. */
function slopeOf(samples: readonly LoadSample[]): number {
  const sizes = samples.map(({ predictedBytes }) => predictedBytes);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  if (samples.length < loadsForFactor || largest < sizesForFactor * smallest) return 1;
  const apart = (largest - smallest) / 4;
  const slopes = samples.flatMap((a, index) =>
    samples.slice(index + 1).flatMap((b) => {
      const distance = b.predictedBytes - a.predictedBytes;
      if (Math.abs(distance) < apart) return [];
      return [(b.measuredBytes - a.measuredBytes) / distance];
    }),
  );
  return median(slopes) ?? 1;
}

function clamp(value: number, { least, most }: { least: number; most: number }): number {
  return Math.min(most, Math.max(least, value));
}
