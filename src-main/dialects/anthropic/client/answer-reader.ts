import { MillpondError } from '../../../core/error.ts';
import { readBodyText } from '../../../core/http-body.ts';
import type { HttpResponse } from '../../../core/http.ts';
import type { InferenceChunk, TextChunk, ToolCallChunk } from '../../../core/inference.ts';
import { readFrames } from '../../sse-frames.ts';
import { AnswerState } from './answer-state.ts';
import type { AnswerContext } from './answer-state.ts';
import { failureOfEvent } from './failure.ts';
import { parseEvent } from './wire-events.ts';
import type { WireBlock, WireEvent } from './wire-events.ts';

type Content = TextChunk | ToolCallChunk;

/** Blocks of an answer: what one of them costs to remember is little, but it has to end. */
const mostBlocks = 10_000;

/** The content and the finish of an answer. One without an end fails with `unavailable`. */
export async function* readAnswer(
  response: HttpResponse,
  context: AnswerContext,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const answer = new AnswerReader(context);
  for await (const event of eventsOf(response, context)) {
    for (const content of answer.take(event)) yield content;
    if (event.type === 'message_stop') break;
  }
  yield answer.state.finish();
}

/** Whether a server answered with one JSON body instead of a stream. */
export function isWhole(response: HttpResponse): boolean {
  return String(response.headers['content-type'] ?? '').includes('application/json');
}

async function* eventsOf(
  response: HttpResponse,
  context: AnswerContext,
): AsyncGenerator<WireEvent, void, undefined> {
  if (isWhole(response)) {
    const event = parseEvent(await readBodyText(response));
    if (event === undefined || event === 'other') throw notAnAnswer(context);
    yield event;
    return;
  }
  for await (const frames of readFrames(response.body)) {
    for (const { data } of frames) {
      if (data === '') continue;
      const event = parseEvent(data);
      if (event === undefined) throw notAnAnswer(context);
      if (event !== 'other') yield event;
    }
  }
}

class AnswerReader {
  readonly state: AnswerState;
  private readonly context: AnswerContext;
  /** Positions of the calls by the index of their block. */
  private readonly calls = new Map<number, number>();

  constructor(context: AnswerContext) {
    this.context = context;
    this.state = new AnswerState(context);
  }

  *take(event: WireEvent): Generator<Content, void, undefined> {
    const { state } = this;
    switch (event.type) {
      case 'message_start':
        if (event.message.usage) state.usage.begin(event.message.usage);
        return;
      case 'content_block_start':
        yield* this.counted(this.begin(event.index, event.content_block));
        return;
      case 'content_block_delta':
        yield* this.counted(this.piece(event));
        return;
      case 'message_delta':
        if (event.usage) state.usage.finish(event.usage);
        state.stopped(event.delta);
        return;
      case 'message_stop':
        state.over();
        return;
      case 'message':
        if (event.usage) state.usage.finish(event.usage);
        for (const [index, block] of (event.content ?? []).entries()) {
          yield* this.counted([...this.begin(index, block), ...this.inputOf(index, block)]);
        }
        state.stopped(event);
        return;
      case 'error':
        throw failureOfEvent(event.error, this.context);
    }
  }

  private *counted(contents: readonly Content[]): Generator<Content, void, undefined> {
    for (const content of contents) {
      this.state.content(content.type === 'reasoning');
      yield { ...content, usage: this.state.usage.soFar() };
    }
  }

  private begin(index: number, block: WireBlock): readonly Content[] {
    switch (block.type) {
      case 'text':
        return textOf('text', block.text);
      case 'thinking':
        return textOf('reasoning', block.thinking);
      case 'tool_use': {
        const position = this.calls.size;
        if (position >= mostBlocks) throw notAnAnswer(this.context);
        this.calls.set(index, position);
        const { id = '', name = '' } = block;
        return [{ type: 'tool-call', index: position, id, name, argumentsDelta: '' }];
      }
      default:
        // Blocks of tools that run at the provider: nobody here has asked for them.
        return [];
    }
  }

  /** Only a whole answer brings the arguments with the block. */
  private inputOf(index: number, { type, input }: WireBlock): readonly Content[] {
    const position = this.calls.get(index);
    if (type !== 'tool_use' || position === undefined) return [];
    return [{ type: 'tool-call', index: position, argumentsDelta: JSON.stringify(input ?? {}) }];
  }

  private piece({
    index,
    delta,
  }: Extract<WireEvent, { type: 'content_block_delta' }>): readonly Content[] {
    switch (delta.type) {
      case 'text_delta':
        return textOf('text', delta.text);
      case 'thinking_delta':
        return textOf('reasoning', delta.thinking);
      case 'input_json_delta': {
        const position = this.calls.get(index);
        const argumentsDelta = delta.partial_json ?? '';
        if (position === undefined || argumentsDelta === '') return [];
        return [{ type: 'tool-call', index: position, argumentsDelta }];
      }
      default:
        return [];
    }
  }
}

function textOf(type: TextChunk['type'], text: string | undefined): readonly TextChunk[] {
  return text === undefined || text === '' ? [] : [{ type, text }];
}

export function notAnAnswer({ serverName }: Pick<AnswerContext, 'serverName'>): MillpondError {
  return new MillpondError(
    'unavailable',
    `${serverName} sent something that is no answer of the Messages API; check its address`,
  );
}
