import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import type { StepGate } from './step-gate.ts';
import type { StepPacer } from './step-pacer.ts';

/** What a prefill needs from the library; a test brings its own. */
export type PrefillSequence = Pick<
  LlamaContextSequence,
  | 'nextTokenIndex'
  | 'needsCheckpoints'
  | 'compareContextTokens'
  | 'eraseContextTokenRanges'
  | 'evaluateWithoutGeneratingNewTokens'
  | 'getRestoreToPrefixIndexEvaluationSize'
  | 'takeCheckpoint'
>;

interface PrefillOptions {
  readonly gate: StepGate;
  readonly pacer: StepPacer;
  readonly signal: AbortSignal;
}

/**
 * Brings a sequence to `tokens` without its last one, which generation evaluates. Reads only what the
 * sequence does not hold yet, in chunks of bounded time. An abort is obeyed after the running chunk
 * and keeps what was read, as a prefix for the next request.
 *
 * @returns how many of the tokens were already there
 */
export async function prefill(
  sequence: PrefillSequence,
  tokens: readonly Token[],
  { gate, pacer, signal }: PrefillOptions,
): Promise<number> {
  const end = tokens.length - 1;
  const kept = await keepCommonPrefix(sequence, tokens, gate);
  pacer.prefillStarted();
  gate.enter();
  try {
    for (let position = kept; position < end;) {
      await gate.pass();
      signal.throwIfAborted();
      const chunk = tokens.slice(position, Math.min(end, position + pacer.nextChunkTokens()));
      await sequence.evaluateWithoutGeneratingNewTokens(chunk);
      pacer.promptStepEnded();
      position += chunk.length;
    }
  } finally {
    gate.leave();
    pacer.prefillEnded();
  }
  signal.throwIfAborted();
  if (sequence.needsCheckpoints && end > kept)
    await gate.exclusively(() => sequence.takeCheckpoint());
  return kept;
}

/** Erases what differs. Recurrent and sliding-window models can go back to checkpoints only. */
async function keepCommonPrefix(
  sequence: PrefillSequence,
  tokens: readonly Token[],
  gate: StepGate,
): Promise<number> {
  const { firstDifferentIndex } = sequence.compareContextTokens([...tokens]);
  let kept = Math.min(firstDifferentIndex, tokens.length - 1);
  if (kept < sequence.nextTokenIndex) {
    const toReadAgain = sequence.getRestoreToPrefixIndexEvaluationSize(kept - 1);
    kept = Math.max(0, kept - Math.max(0, toReadAgain));
    await gate.exclusively(() =>
      sequence.eraseContextTokenRanges([{ start: kept, end: sequence.nextTokenIndex }]),
    );
  }
  return sequence.nextTokenIndex;
}
