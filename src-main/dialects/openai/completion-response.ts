import type { InferenceChunk, ServedBy, TokenLogprob } from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';
import { encodeCompletionLogprobs } from './logprobs.ts';
import type { AnswerIdentity } from '../stream.ts';
import { fingerprintOf, secondsOf } from './stream.ts';
import { encodeUsage, finishReasons } from './usage.ts';

interface ChoiceDraft {
  text: string;
  readonly logprobs: TokenLogprob[];
  finish: string;
}

/** Waits for the whole answer and returns one `text_completion`. Rejects when the answer broke off. */
export async function collectCompletion(
  chunks: AsyncIterable<InferenceChunk>,
  answer: AnswerIdentity,
): Promise<object> {
  const drafts = new Map<number, ChoiceDraft>();
  let servedBy: ServedBy | undefined;
  let usage: TokenUsage = noUsage;
  for await (const chunk of chunks) {
    if (chunk.type === 'head') servedBy = chunk.servedBy;
    if (chunk.type !== 'text' && chunk.type !== 'reasoning' && chunk.type !== 'finish') continue;
    usage = chunk.usage ?? usage;
    const draft = draftOf(drafts, chunk.choice ?? 0);
    if (chunk.type === 'finish') {
      draft.finish = finishReasons[chunk.reason];
    } else {
      draft.text += chunk.text;
      draft.logprobs.push(...(chunk.logprobs ?? []));
    }
  }
  return {
    id: `cmpl-${answer.requestId}`,
    object: 'text_completion',
    created: secondsOf(answer.receivedAt),
    model: servedBy?.model ?? '',
    ...fingerprintOf(servedBy),
    choices: [...drafts]
      .toSorted(([a], [b]) => a - b)
      .map(([index, draft]) => choiceOf(index, draft)),
    usage: encodeUsage(usage),
  };
}

function draftOf(drafts: Map<number, ChoiceDraft>, index: number): ChoiceDraft {
  const known = drafts.get(index);
  if (known !== undefined) return known;
  const draft = { text: '', logprobs: [], finish: 'stop' };
  drafts.set(index, draft);
  return draft;
}

function choiceOf(index: number, draft: ChoiceDraft): object {
  return {
    index,
    text: draft.text,
    logprobs: draft.logprobs.length > 0 ? encodeCompletionLogprobs(draft.logprobs, 0) : null,
    finish_reason: draft.finish,
  };
}
