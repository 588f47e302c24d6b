import type { LoadOptions, ModelManifest } from '../../core/model.ts';

/** As our own engine chooses them, so that a model behaves the same whatever runs it. */
const defaultSlots = 4;
const defaultContextLength = 8192;
const unknownTrainedLength = 4096;

export interface ChosenSize {
  /** Tokens of one slot. */
  readonly contextLength: number;
  readonly slots: number;
}

/** What was asked for, else what the model was trained for, within reason. */
export function chosenSize({ facts }: ModelManifest, options: LoadOptions): ChosenSize {
  const trained = facts?.trainedContextLength ?? 0;
  const sensible = trained > 0 ? trained : unknownTrainedLength;
  return {
    contextLength: options.contextLength ?? Math.min(sensible, defaultContextLength),
    slots: options.slots ?? defaultSlots,
  };
}
