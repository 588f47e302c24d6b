import type {
  FinishChunk,
  InferenceChunk,
  TextChunk,
  ToolCallChunk,
} from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';
import { encodeLogprob } from './logprobs.ts';
import type { AnswerIdentity, StreamEncoder } from '../stream.ts';
import { doneFrame, errorFrame, fingerprintOf, secondsOf } from './stream.ts';
import { encodeUsage, finishReasons } from './usage.ts';

/**
 * `chat.completion.chunk` frames: per choice the role first, then deltas as they come, then one
 * finish. Called once per token, so frames are put together from a prefix made once.
 */
export function createChatStream(answer: AnswerIdentity): StreamEncoder {
  const opened = new Set<number>();
  const tail = answer.includeUsage ? '],"usage":null}\n\n' : ']}\n\n';
  let prefix = chatPrefix(answer, undefined);
  let usage: TokenUsage = noUsage;

  const frame = (choice: number, delta: string, logprobs = 'null', finish = 'null'): string =>
    `${prefix}{"index":${choice.toString()},"delta":${delta},"logprobs":${logprobs},"finish_reason":${finish}}${tail}`;
  const open = (choice: number): string => {
    if (opened.has(choice)) return '';
    opened.add(choice);
    return frame(choice, '{"role":"assistant","content":""}');
  };

  return {
    encode(chunk) {
      switch (chunk.type) {
        case 'head':
          prefix = chatPrefix(answer, chunk);
          return '';
        case 'text':
        case 'reasoning':
        case 'tool-call': {
          usage = chunk.usage ?? usage;
          const choice = chunk.choice ?? 0;
          return open(choice) + frame(choice, deltaOf(chunk), logprobsOf(chunk));
        }
        case 'finish':
          usage = chunk.usage;
          return finishFrames(chunk);
        case 'raw':
        case 'bytes':
        case 'status':
        case 'embedding':
        case 'scores':
          return '';
      }
    },
    end: () =>
      (answer.includeUsage ? `${prefix}],"usage":${JSON.stringify(encodeUsage(usage))}}\n\n` : '') +
      doneFrame,
    fail: (error) => errorFrame(error, answer.requestId),
  };

  function finishFrames(chunk: FinishChunk): string {
    const choice = chunk.choice ?? 0;
    return open(choice) + frame(choice, '{}', 'null', `"${finishReasons[chunk.reason]}"`);
  }
}

type Head = Extract<InferenceChunk, { type: 'head' }>;

function chatPrefix(answer: AnswerIdentity, head: Head | undefined): string {
  const common = JSON.stringify({
    id: `chatcmpl-${answer.requestId}`,
    object: 'chat.completion.chunk',
    created: secondsOf(answer.receivedAt),
    model: head?.servedBy.model ?? '',
    ...fingerprintOf(head?.servedBy),
  });
  return `data: ${common.slice(0, -1)},"choices":[`;
}

function deltaOf(chunk: TextChunk | ToolCallChunk): string {
  if (chunk.type === 'tool-call') return `{"tool_calls":[${JSON.stringify(callDelta(chunk))}]}`;
  const field = chunk.type === 'text' ? 'content' : 'reasoning_content';
  return `{"${field}":${JSON.stringify(chunk.text)}}`;
}

function callDelta(chunk: ToolCallChunk): object {
  return {
    index: chunk.index,
    ...(chunk.id !== undefined && { id: chunk.id, type: 'function' }),
    function: {
      ...(chunk.name !== undefined && { name: chunk.name }),
      arguments: chunk.argumentsDelta,
    },
  };
}

function logprobsOf(chunk: TextChunk | ToolCallChunk): string {
  if (chunk.type !== 'text' || chunk.logprobs === undefined) return 'null';
  return JSON.stringify({ content: chunk.logprobs.map(encodeLogprob), refusal: null });
}
