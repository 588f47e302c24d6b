import type { InferenceChunk, TokenLogprob } from '../../core/inference.ts';
import type { Finding } from './proof-book.ts';

/** One step of a reference's greedy answer. */
export interface ReferenceStep {
  readonly text: string;
  /** Every machine with these weights would say the same here. */
  readonly isClear: boolean;
}

/**
 * How much likelier the chosen token must be than the next best one, as a difference of natural
 * logarithms: 1.5 is 4.5 times. Kernels of different cards move logits by far less.
 */
const clearMargin = 1.5;
/** So many clear steps must agree before an answer counts as the same. */
const enoughSteps = 4;

/** The steps of an answer that came with log probabilities; undefined when it came without. */
export function stepsByMargin(answer: readonly InferenceChunk[]): ReferenceStep[] | undefined {
  const steps: ReferenceStep[] = [];
  for (const chunk of answer) {
    if (chunk.type !== 'text' && chunk.type !== 'reasoning') continue;
    if (chunk.logprobs === undefined) return undefined;
    steps.push({ text: chunk.text, isClear: chunk.logprobs.every(hasClearMargin) });
  }
  return steps;
}

/**
 * For references without log probabilities: clear is where two answers agree from the start. Chunks are
 * cut alike only on one machine, so the second answer is compared by its text.
 */
export function stepsByAgreement(
  answer: readonly InferenceChunk[],
  again: readonly InferenceChunk[],
): ReferenceStep[] {
  const other = textOfAnswer(again);
  let told = '';
  return answer.flatMap((chunk) => {
    if (chunk.type !== 'text' && chunk.type !== 'reasoning') return [];
    told += chunk.text;
    return { text: chunk.text, isClear: other.startsWith(told) };
  });
}

/**
 * Compares a machine's greedy answer with the reference's, step by step up to where they part. Behind
 * that they answer different prompts, so nothing there counts. Undefined: it says nothing either way.
 */
export function judge(
  reference: readonly ReferenceStep[],
  answer: readonly InferenceChunk[],
): Finding | undefined {
  const said = textOfAnswer(answer);
  let told = '';
  let agreed = 0;
  for (const { text, isClear } of reference) {
    if (text === '') continue;
    told += text;
    if (!said.startsWith(told)) {
      if (isClear) return 'mismatch';
      break;
    }
    if (isClear) agreed += 1;
  }
  return agreed >= enoughSteps ? 'match' : undefined;
}

function hasClearMargin({ token, logprob, top }: TokenLogprob): boolean {
  const others = top.filter((other) => other.token !== token).map((other) => other.logprob);
  if (others.length === 0) return false;
  return logprob - Math.max(...others) >= clearMargin;
}

function textOfAnswer(answer: readonly InferenceChunk[]): string {
  return answer
    .map((chunk) => (chunk.type === 'text' || chunk.type === 'reasoning' ? chunk.text : ''))
    .join('');
}
