import type { QuantizationTier } from './hub-repo.ts';

/** `Q4_K_M`, `IQ2_XXS`, `MXFP4`, `BF16`, `UD-Q4_K_XL`: as they are written in names. */
const one =
  '(?:UD[-_])?(?:I?Q\\d(?:_[A-Z\\d]{1,3})*|TQ\\d_\\d|MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32)';
/** Between separators; a second one behind a dash tells how some tensors are kept (`Q4_K_M-fp16`). */
const label = new RegExp(`(?<=^|[-._ ])(${one}(?:-${one})*)(?=$|[-._ ])`, 'gi');

/** The quantization that a file's or folder's name claims, in upper case; the last one where there are several. */
export function quantizationOf(name: string): string | undefined {
  return lastLabel(name)?.[1]?.toUpperCase().replace(/^UD_/, 'UD-');
}

/** Without what `quantizationOf` finds: what files of one model have in common. */
export function withoutQuantization(name: string): string {
  const match = lastLabel(name);
  if (match === undefined) return name;
  return name.slice(0, match.index) + name.slice(match.index + match[0].length);
}

/** How much of the original is left. `bitsPerWeight` decides where the label says nothing. */
export function tierOf(
  quantization: string | undefined,
  bitsPerWeight: number | undefined,
): QuantizationTier {
  const name = quantization?.replace(/^UD-/, '') ?? '';
  if (/^(?:BF16|FP?16|FP?32)/.test(name)) return 'original';
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

function lastLabel(name: string): RegExpExecArray | undefined {
  return [...name.matchAll(label)].at(-1);
}
