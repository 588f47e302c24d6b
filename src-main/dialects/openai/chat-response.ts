import type {
  FinishChunk,
  InferenceChunk,
  ServedBy,
  TextChunk,
  ToolCallChunk,
} from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';
import { encodeLogprob } from './logprobs.ts';
import type { WireLogprob } from './logprobs.ts';
import type { AnswerIdentity } from '../stream.ts';
import { fingerprintOf, secondsOf } from './stream.ts';
import { encodeUsage, finishReasons } from './usage.ts';

interface ChoiceDraft {
  text: string;
  reasoning: string;
  readonly calls: { id: string; name: string; arguments: string }[];
  readonly logprobs: WireLogprob[];
  finish: string;
}

/** Waits for the whole answer and returns one `chat.completion`. Rejects when the answer broke off. */
export async function collectChat(
  chunks: AsyncIterable<InferenceChunk>,
  answer: AnswerIdentity,
): Promise<object> {
  const drafts = new Map<number, ChoiceDraft>();
  let servedBy: ServedBy | undefined;
  let usage: TokenUsage = noUsage;
  for await (const chunk of chunks) {
    if (chunk.type === 'head') servedBy = chunk.servedBy;
    if (!isOfChoice(chunk)) continue;
    usage = chunk.usage ?? usage;
    const draft = draftOf(drafts, chunk.choice ?? 0);
    if (chunk.type === 'finish') draft.finish = finishReasons[chunk.reason];
    else addContent(draft, chunk);
  }
  return {
    id: `chatcmpl-${answer.requestId}`,
    object: 'chat.completion',
    created: secondsOf(answer.receivedAt),
    model: servedBy?.model ?? '',
    ...fingerprintOf(servedBy),
    choices: [...drafts]
      .toSorted(([a], [b]) => a - b)
      .map(([index, draft]) => choiceOf(index, draft)),
    usage: encodeUsage(usage),
  };
}

/** Pieces and ends of choices: what a chat's answer is made of. */
function isOfChoice(chunk: InferenceChunk): chunk is TextChunk | ToolCallChunk | FinishChunk {
  return (
    chunk.type === 'text' ||
    chunk.type === 'reasoning' ||
    chunk.type === 'tool-call' ||
    chunk.type === 'finish'
  );
}

function draftOf(drafts: Map<number, ChoiceDraft>, index: number): ChoiceDraft {
  const known = drafts.get(index);
  if (known !== undefined) return known;
  const draft = { text: '', reasoning: '', calls: [], logprobs: [], finish: 'stop' };
  drafts.set(index, draft);
  return draft;
}

function addContent(draft: ChoiceDraft, chunk: TextChunk | ToolCallChunk): void {
  if (chunk.type === 'tool-call') {
    const call = (draft.calls[chunk.index] ??= { id: '', name: '', arguments: '' });
    call.id = chunk.id ?? call.id;
    call.name = chunk.name ?? call.name;
    call.arguments += chunk.argumentsDelta;
  } else if (chunk.type === 'reasoning') {
    draft.reasoning += chunk.text;
  } else {
    draft.text += chunk.text;
    if (chunk.logprobs !== undefined) draft.logprobs.push(...chunk.logprobs.map(encodeLogprob));
  }
}

function choiceOf(index: number, draft: ChoiceDraft): object {
  const calls = draft.calls.map(({ id, ...call }) => ({ id, type: 'function', function: call }));
  return {
    index,
    message: {
      role: 'assistant',
      content: draft.text === '' && calls.length > 0 ? null : draft.text,
      refusal: null,
      ...(draft.reasoning !== '' && { reasoning_content: draft.reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    logprobs: draft.logprobs.length > 0 ? { content: draft.logprobs, refusal: null } : null,
    finish_reason: draft.finish,
  };
}
