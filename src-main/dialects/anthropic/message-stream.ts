import { MillpondError } from '../../core/error.ts';
import type {
  FinishChunk,
  InferenceChunk,
  ServedBy,
  TextChunk,
  ToolCallChunk,
} from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';
import type { AnswerIdentity, StreamEncoder } from '../stream.ts';
import { emptyText, emptyThinking, messageOf, toolUse } from './answer-blocks.ts';
import { encodeError } from './errors.ts';
import { encodeUsage, stopFields } from './usage.ts';

/**
 * The events of one message, in the order of the API: its start, each block with its start, pieces and
 * stop, what is known at the end, its stop. The start waits for the first content, because it tells the
 * tokens of the prompt.
 */
export function createMessageStream(answer: AnswerIdentity): StreamEncoder {
  const stream = new MessageStream(answer);
  return {
    encode: (chunk) => stream.encode(chunk),
    end: () => stream.end(),
    fail: (error) => frame('error', encodeError(error, answer.requestId)),
  };
}

class MessageStream {
  private readonly answer: AnswerIdentity;
  private servedBy: ServedBy | undefined;
  private usage: TokenUsage = noUsage;
  private finish: FinishChunk | undefined;
  private isStarted = false;
  /** What the open block holds: `text`, `reasoning` or the position of a call. */
  private open: TextChunk['type'] | number | undefined;
  private blocks = 0;
  private readonly calls = new Set<number>();

  constructor(answer: AnswerIdentity) {
    this.answer = answer;
  }

  encode(chunk: InferenceChunk): string {
    switch (chunk.type) {
      case 'head':
        this.servedBy = chunk.servedBy;
        return '';
      case 'text':
      case 'reasoning':
      case 'tool-call':
        this.usage = chunk.usage ?? this.usage;
        return this.start() + this.piece(chunk);
      case 'finish':
        this.usage = chunk.usage;
        this.finish = chunk;
        return this.start() + this.close();
      case 'raw':
      case 'bytes':
      case 'status':
      case 'embedding':
      case 'scores':
        return '';
    }
  }

  end(): string {
    const delta = { ...stopFields(this.finish), container: null };
    const usage = encodeUsage(this.usage);
    return (
      this.start() +
      this.close() +
      frame('message_delta', { type: 'message_delta', delta, usage }) +
      frame('message_stop', { type: 'message_stop' })
    );
  }

  private start(): string {
    if (this.isStarted) return '';
    this.isStarted = true;
    const { answer, servedBy } = this;
    const usage = { ...this.usage, completionTokens: 0, reasoningTokens: 0 };
    const message = messageOf({ answer, servedBy, content: [], usage });
    return frame('message_start', { type: 'message_start', message });
  }

  private piece(chunk: TextChunk | ToolCallChunk): string {
    const key = chunk.type === 'tool-call' ? chunk.index : chunk.type;
    const opening = this.open === key ? '' : this.close() + this.begin(key, chunk);
    const text = chunk.type === 'tool-call' ? chunk.argumentsDelta : chunk.text;
    return text === '' ? opening : opening + this.delta(chunk.type, text);
  }

  private begin(key: TextChunk['type'] | number, chunk: TextChunk | ToolCallChunk): string {
    if (typeof key === 'number') this.beginCall(key);
    this.open = key;
    const index = this.blocks;
    this.blocks += 1;
    const block = blockOf(chunk);
    return (
      frame('content_block_start', { type: 'content_block_start', index, content_block: block }) +
      (index === 0 ? pingFrame : '')
    );
  }

  /** Blocks come one after the other: what was closed cannot go on. */
  private beginCall(index: number): void {
    if (this.calls.has(index)) {
      throw new MillpondError(
        'unavailable',
        'The model wrote several tool calls at once, which this API cannot stream; ask without streaming',
      );
    }
    this.calls.add(index);
  }

  /** Called once per token: the frame is put together from its one part that differs. */
  private delta(type: keyof typeof deltas, text: string): string {
    const index = (this.blocks - 1).toString();
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{${deltas[type]}${JSON.stringify(text)}}}\n\n`;
  }

  private close(): string {
    if (this.open === undefined) return '';
    this.open = undefined;
    const index = this.blocks - 1;
    return frame('content_block_stop', { type: 'content_block_stop', index });
  }
}

const deltas = {
  text: '"type":"text_delta","text":',
  reasoning: '"type":"thinking_delta","thinking":',
  'tool-call': '"type":"input_json_delta","partial_json":',
} as const;

function blockOf(chunk: TextChunk | ToolCallChunk): object {
  if (chunk.type === 'tool-call') return toolUse(chunk);
  return chunk.type === 'text' ? emptyText : emptyThinking;
}

const pingFrame = frame('ping', { type: 'ping' });

function frame(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
