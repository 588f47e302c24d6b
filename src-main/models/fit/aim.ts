import type { LoadOptions } from '../../core/model.ts';
import { compareVerdicts } from './fit.ts';
import type { Fit } from './fit.ts';

/** Where the one slider stands: faster answers, a longer context, or a larger quantization. */
export type Aim = 'speed' | 'context' | 'quality';

/** One quantization of a model as the choice sees it. */
export interface VariantChoice {
  /** Such as `Q4_K_M`. */
  readonly id: string;
  readonly sizeBytes: number;
  readonly fit: Fit;
}

/** What every chat needs; a context below it is no aim of anybody. */
const modestContext = 4096;
const usualContext = 8192;
/** Where most people see no difference to the original: four to five bits a weight. */
const balanced = /q4_k_m|q4_k|iq4|mxfp4|q4_0|q4_1|q5|4bit/i;

/**
 * The quantization to recommend: `quality` the largest that fits, `speed` the smallest that is still
 * good, `context` the one of good balance that leaves the most room. Where none fits, the best of
 * those that run slowly; undefined when none runs at all.
 */
export function pickVariant<V extends VariantChoice>(
  variants: readonly V[],
  aim: Aim,
): V | undefined {
  const runnable = variants.filter(({ fit }) => fit.verdict !== 'too-big');
  const best = runnable.toSorted((a, b) => compareVerdicts(a.fit.verdict, b.fit.verdict))[0];
  if (best === undefined) return undefined;
  const candidates = runnable
    .filter(({ fit }) => fit.verdict === best.fit.verdict)
    .toSorted((a, b) => a.sizeBytes - b.sizeBytes);
  if (aim === 'quality' && best.fit.verdict === 'fits') return candidates.at(-1);
  return candidates.find(({ id }) => balanced.test(id)) ?? nearestToBalance(candidates, variants);
}

/** Without one of good balance: the next larger, else the largest there is. */
function nearestToBalance<V extends VariantChoice>(
  candidates: readonly V[],
  variants: readonly VariantChoice[],
): V | undefined {
  const sizes = variants.filter(({ id }) => balanced.test(id)).map(({ sizeBytes }) => sizeBytes);
  const wanted = Math.min(...sizes);
  if (Number.isFinite(wanted)) {
    return candidates.find(({ sizeBytes }) => sizeBytes >= wanted) ?? candidates.at(-1);
  }
  return candidates[0];
}

/**
 * Options for an aim, the most wished first; whoever asks takes the first that fits. The last one is
 * what to fall back to when none does: a modest context, never the model's own.
 */
export function optionsFor(aim: Aim, trainedContextLength: number): readonly LoadOptions[] {
  const trained = trainedContextLength > 0 ? trainedContextLength : modestContext;
  const modest = Math.min(modestContext, trained);
  switch (aim) {
    case 'speed':
      return [
        { contextLength: modest, slots: 2, cacheType: 'f16' },
        { contextLength: modest, slots: 1, cacheType: 'f16' },
      ];
    case 'context':
      return contextSteps(trained, modest).flatMap((contextLength) => [
        { contextLength, slots: 1, cacheType: 'f16' as const },
        { contextLength, slots: 1, cacheType: 'q8_0' as const },
      ]);
    case 'quality': {
      const usual = Math.min(usualContext, trained);
      return [
        { contextLength: usual, slots: 2, cacheType: 'f16' },
        { contextLength: usual, slots: 1, cacheType: 'f16' },
        { contextLength: modest, slots: 1, cacheType: 'f16' },
      ];
    }
  }
}

/** The trained length and its halves, down to a modest one. */
function contextSteps(trained: number, modest: number): readonly number[] {
  const steps: number[] = [];
  for (let length = trained; length > modest; length = Math.ceil(length / 2)) steps.push(length);
  return [...steps, modest];
}
