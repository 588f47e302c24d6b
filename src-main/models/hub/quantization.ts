import type { QuantizationTier } from './hub-repo.ts';

/** A quantization as it is written in names: `Q4_K_M`, `IQ2_XXS`, `MXFP4`, `BF16`, `UD-Q4_K_XL`. */
const label =
  /(?<=^|[-._ ])((?:UD[-_])?(?:I?Q\d(?:_[A-Z\d]{1,3})*|TQ\d_\d|MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32))(?=$|[-._ ])/gi;

/** The quantization that a file's or folder's name claims, in upper case; the last one where there are several. */
export function quantizationOf(name: string): string | undefined {
  return [...name.matchAll(label)].at(-1)?.[1]?.toUpperCase().replace(/^UD_/, 'UD-');
}

/** Without what `quantizationOf` finds: what files of one model have in common. */
export function withoutQuantization(name: string): string {
  const match = [...name.matchAll(label)].at(-1);
  if (match === undefined) return name;
  return name.slice(0, match.index) + name.slice(match.index + match[0].length);
}

/** How much of the original is left. `bitsPerWeight` decides where the label says nothing. */
export function tierOf(
  quantization: string | undefined,
  bitsPerWeight: number | undefined,
): QuantizationTier {
  const name = quantization?.replace(/^UD-/, '') ?? '';
  if (/^(?:BF16|FP?16|FP?32)$/.test(name)) return 'original';
  if (/^(?:MXFP4|NVFP4)/.test(name)) return 'balanced';
  const bits = Number(/^(?:I?Q|TQ)(\d)/.exec(name)?.[1] ?? Number.NaN);
  return tierOfBits(Number.isNaN(bits) ? bitsPerWeight : bits);
}

/** Below four bits a weight small, up to five balanced, up to eight large; unknown counts as original. */
export function tierOfBits(bits: number | undefined): QuantizationTier {
  if (bits === undefined || bits > 10) return 'original';
  if (bits < 3.9) return 'small';
  return bits < 5.95 ? 'balanced' : 'large';
}
