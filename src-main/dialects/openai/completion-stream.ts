import { noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';
import type { ServedBy, TextChunk } from '../../core/inference.ts';
import { encodeCompletionLogprobs } from './logprobs.ts';
import type { AnswerIdentity, StreamEncoder } from '../stream.ts';
import { doneFrame, errorFrame, fingerprintOf, secondsOf } from './stream.ts';
import { encodeUsage, finishReasons } from './usage.ts';

/** `text_completion` frames: text as it comes, one finish per choice. */
export function createCompletionStream(answer: AnswerIdentity): StreamEncoder {
  const offsets = new Map<number, number>();
  const tail = answer.includeUsage ? '],"usage":null}\n\n' : ']}\n\n';
  let prefix = completionPrefix(answer, undefined);
  let usage: TokenUsage = noUsage;

  const frame = (choice: number, text: string, logprobs: string, finish: string): string =>
    `${prefix}{"index":${choice.toString()},"text":${JSON.stringify(text)},"logprobs":${logprobs},"finish_reason":${finish}}${tail}`;

  const textFrame = (chunk: TextChunk): string => {
    const choice = chunk.choice ?? 0;
    const offset = offsets.get(choice) ?? 0;
    offsets.set(choice, offset + chunk.text.length);
    const logprobs =
      chunk.logprobs === undefined
        ? 'null'
        : JSON.stringify(encodeCompletionLogprobs(chunk.logprobs, offset));
    return frame(choice, chunk.text, logprobs, 'null');
  };

  return {
    encode(chunk) {
      switch (chunk.type) {
        case 'head':
          prefix = completionPrefix(answer, chunk.servedBy);
          return '';
        case 'text':
        case 'reasoning':
          usage = chunk.usage ?? usage;
          return textFrame(chunk);
        case 'finish':
          usage = chunk.usage;
          return frame(chunk.choice ?? 0, '', 'null', `"${finishReasons[chunk.reason]}"`);
        case 'raw':
        case 'bytes':
        case 'status':
        case 'tool-call':
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
}

function completionPrefix(answer: AnswerIdentity, servedBy: ServedBy | undefined): string {
  const common = JSON.stringify({
    id: `cmpl-${answer.requestId}`,
    object: 'text_completion',
    created: secondsOf(answer.receivedAt),
    model: servedBy?.model ?? '',
    ...fingerprintOf(servedBy),
  });
  return `data: ${common.slice(0, -1)},"choices":[`;
}
