import { random100MModel, random20MModel } from '../../src-main/testing/random-gguf.ts';
import type { RandomModelOptions } from '../../src-main/testing/random-gguf.ts';
import type { LoadOptions } from '../../src-main/core/model.ts';

/** A generated model and how it is loaded. */
export interface FitSubject {
  readonly model: RandomModelOptions;
  readonly options: LoadOptions;
}

/**
 * Five models whose memory goes to different things: weights, a long context, many layers, a large
 * vocabulary, a compressed cache.
 */
export const fitSubjects: readonly FitSubject[] = [
  { model: { ...random20MModel, name: 'small' }, options: { contextLength: 8192, slots: 4 } },
  { model: { ...random100MModel, name: 'wide' }, options: { contextLength: 8192, slots: 2 } },
  {
    model: { ...random20MModel, name: 'deep', layers: 24, contextLength: 16_384 },
    options: { contextLength: 16_384, slots: 1 },
  },
  {
    model: { ...random20MModel, name: 'large vocabulary', vocabulary: 131_072 },
    options: { contextLength: 4096, slots: 2 },
  },
  {
    model: { ...random100MModel, name: 'few key heads', keyValueHeads: 2, feedForward: 3072 },
    options: { contextLength: 8192, slots: 4, cacheType: 'q8_0' },
  },
];
