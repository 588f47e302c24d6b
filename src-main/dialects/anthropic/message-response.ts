import type { FinishChunk, InferenceChunk, ServedBy, ToolCallChunk } from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';
import type { AnswerIdentity } from '../stream.ts';
import { emptyText, emptyThinking, messageOf, toolUse } from './answer-blocks.ts';
import { stopFields } from './usage.ts';

/** One block of an answer that is still being put together. */
type Draft =
  | { readonly type: 'text' | 'reasoning'; text: string }
  | {
      readonly type: 'tool-call';
      readonly index: number;
      readonly start: ReturnType<typeof toolUse>;
      text: string;
    };

/** Waits for the whole answer and returns one `message`. Rejects when the answer broke off. */
export async function collectMessage(
  chunks: AsyncIterable<InferenceChunk>,
  answer: AnswerIdentity,
): Promise<object> {
  const drafts: Draft[] = [];
  let servedBy: ServedBy | undefined;
  let usage: TokenUsage = noUsage;
  let finish: FinishChunk | undefined;
  for await (const chunk of chunks) {
    if (chunk.type === 'head') servedBy = chunk.servedBy;
    if ('usage' in chunk) usage = chunk.usage ?? usage;
    if (chunk.type === 'finish') finish = chunk;
    if (chunk.type === 'text' || chunk.type === 'reasoning') {
      draftOf(drafts, chunk.type).text += chunk.text;
    } else if (chunk.type === 'tool-call') {
      callOf(drafts, chunk).text += chunk.argumentsDelta;
    }
  }
  const content = drafts.map(encodeDraft);
  return messageOf({ answer, servedBy, content, usage, stop: stopFields(finish) });
}

/** The block that such a piece goes on with: the last one, where it is of its kind. */
function draftOf(drafts: Draft[], type: 'text' | 'reasoning'): Draft {
  const last = drafts.at(-1);
  if (last?.type === type) return last;
  const draft: Draft = { type, text: '' };
  drafts.push(draft);
  return draft;
}

function callOf(drafts: Draft[], chunk: ToolCallChunk): Draft {
  const known = drafts.find((each) => each.type === 'tool-call' && each.index === chunk.index);
  if (known !== undefined) return known;
  const { type, index } = chunk;
  const draft: Draft = { type, index, start: toolUse(chunk), text: '' };
  drafts.push(draft);
  return draft;
}

function encodeDraft(draft: Draft): object {
  switch (draft.type) {
    case 'text':
      return { ...emptyText, text: draft.text };
    case 'reasoning':
      return { ...emptyThinking, thinking: draft.text };
    case 'tool-call':
      return { ...draft.start, input: inputOf(draft.text) };
  }
}

/** Arguments that broke off stay the text that the model wrote: no tool takes them for whole ones. */
function inputOf(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
