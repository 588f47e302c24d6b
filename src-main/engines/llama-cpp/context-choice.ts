import { InsufficientMemoryError } from 'node-llama-cpp';
import type { LoadOptions } from '../../core/model.ts';

/** Requests answered at the same time when nobody chose: fewer where memory is short. */
const defaultSlots = 4;
/** Every slot reserves its whole context, so nobody gets a longer one unasked. */
const defaultContextLength = 8192;
/** For files that do not say what they were trained for. */
const unknownTrainedLength = 4096;
/** llama.cpp reserves contexts in steps of this many tokens. */
const contextStepTokens = 256;
/** Below this no chat is possible: better to say that the memory does not suffice. */
export const smallestContextLength = 512;
export const batchTokens = 512;
/** llama.cpp counts cells in 32 bits; planning more than that takes minutes and ends in nonsense. */
const mostCells = 2 ** 31 - 1;

/** Tokens per slot: what was asked for, else what the model was trained for, within reason. */
export function wantedContextLength(options: LoadOptions, trainedLength: number): number {
  const sensible = trainedLength > 0 ? trainedLength : unknownTrainedLength;
  const wanted = options.contextLength ?? Math.min(sensible, defaultContextLength);
  const reserved = Math.ceil(wanted / contextStepTokens) * contextStepTokens;
  return reserved < trainedLength ? reserved : wanted;
}

/** Numbers of slots to try, best first. A chosen number is given or refused, never changed. */
export function slotCandidates(options: LoadOptions): readonly number[] {
  if (options.slots !== undefined) return [options.slots];
  return Array.from({ length: defaultSlots }, (_, index) => defaultSlots - index);
}

export function batchSizeFor(slots: number): number {
  return Math.max(batchTokens, slots);
}

/** Throws the library's own error for a context that no computer can hold, before it tries. */
export function checkCells(options: LoadOptions): void {
  if ((options.contextLength ?? 0) * (options.slots ?? 1) <= mostCells) return;
  throw new InsufficientMemoryError('the chosen context is larger than llama.cpp can count');
}
