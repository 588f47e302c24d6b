import type { MillpondError } from '../../../core/error.ts';
import { readBodyText } from '../../../core/http-body.ts';
import type { HttpResponse } from '../../../core/http.ts';
import type { InferenceChunk, RawChunk } from '../../../core/inference.ts';
import { replaceTextField } from '../../splice-json.ts';
import { readFrames } from '../../sse-frames.ts';
import type { SseFrame } from '../../sse-frames.ts';
import { isWhole, notAnAnswer } from './answer-reader.ts';
import { AnswerState } from './answer-state.ts';
import type { AnswerContext } from './answer-state.ts';
import { failureOfEvent } from './failure.ts';
import { parseEvent } from './wire-events.ts';
import type { WireBlock, WireEvent } from './wire-events.ts';

export interface RawContext extends AnswerContext {
  /** What callers know the model as, where its server calls it otherwise. */
  readonly publicName?: string;
}

/**
 * An answer as its server wrote it, with the usage that can be read from it. Events without content are
 * held back until some comes: up to then somebody else may still answer. Fails like any other answer.
 */
export async function* readRawAnswer(
  response: HttpResponse,
  context: RawContext,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const state = new AnswerState(context);
  if (isWhole(response)) yield* wholeAnswer(response, state, context);
  else yield* streamedAnswer(response, state, context);
  yield state.finish();
}

async function* wholeAnswer(
  response: HttpResponse,
  state: AnswerState,
  context: RawContext,
): AsyncGenerator<RawChunk, void, undefined> {
  const text = await readBodyText(response);
  const event = parseEvent(text);
  if (event === undefined || event === 'other') throw notAnAnswer(context);
  if (event.type === 'error') throw failureOfEvent(event.error, context);
  if (event.type !== 'message') throw notAnAnswer(context);
  if (event.usage) state.usage.finish(event.usage);
  state.content(false);
  state.stopped(event);
  const named = renamed(text, ['model'], context);
  yield { type: 'raw', dialect: 'anthropic', text: named, usage: state.usage.soFar() };
}

async function* streamedAnswer(
  response: HttpResponse,
  state: AnswerState,
  context: RawContext,
): AsyncGenerator<RawChunk, void, undefined> {
  const watch = new FrameWatch(state, context);
  for await (const frames of readFrames(response.body)) {
    const { text, failure } = watch.take(frames);
    if (text !== '') yield { type: 'raw', dialect: 'anthropic', text, usage: state.usage.soFar() };
    if (failure !== undefined) throw failure;
    if (watch.isOver) return;
  }
  throw state.brokenOff();
}

/** Reads along while events pass, and keeps back what comes before the first content. */
class FrameWatch {
  isOver = false;
  private readonly state: AnswerState;
  private readonly context: RawContext;
  private held = '';
  private hasContent = false;

  constructor(state: AnswerState, context: RawContext) {
    this.state = state;
    this.context = context;
  }

  /** What may be sent on now, and the failure that comes behind it. */
  take(frames: readonly SseFrame[]): { readonly text: string; readonly failure?: MillpondError } {
    for (const frame of frames) {
      // Most of all events, and nothing in them has to be read.
      if (frame.event === 'content_block_delta') this.delta(frame.data);
      else {
        const event = frame.data === '' ? 'other' : parseEvent(frame.data);
        const failure = this.failureOf(frame, event);
        if (failure !== undefined) return { ...this.passed(), failure };
        if (event !== undefined && event !== 'other') this.look(event);
      }
      this.held += this.named(frame);
      if (this.isOver) break;
    }
    return this.passed();
  }

  private passed(): { readonly text: string } {
    if (!this.hasContent && !this.isOver) return { text: '' };
    const text = this.held;
    this.held = '';
    return { text };
  }

  private delta(data: string): void {
    this.hasContent = true;
    if (!data.includes('"signature_delta"')) this.state.content(data.includes('"thinking_delta"'));
  }

  private look(event: WireEvent): void {
    switch (event.type) {
      case 'message_start':
        if (event.message.usage) this.state.usage.begin(event.message.usage);
        return;
      case 'content_block_start':
        this.hasContent ||= !isEmpty(event.content_block);
        return;
      case 'content_block_delta':
        this.hasContent = true;
        this.state.content(event.delta.type === 'thinking_delta');
        return;
      case 'message_delta':
        if (event.usage) this.state.usage.finish(event.usage);
        this.state.stopped(event.delta);
        return;
      case 'message_stop':
        this.state.over();
        this.isOver = true;
        return;
      case 'message':
      case 'error':
    }
  }

  /** Only the first event names the model. */
  private named({ event, data, text }: SseFrame): string {
    if (this.context.publicName === undefined || event !== 'message_start') return text;
    // The payload stands in one line, or it is no JSON of this API.
    return text.replace(data, () => renamed(data, ['message', 'model'], this.context));
  }

  private failureOf(
    frame: SseFrame,
    event: ReturnType<typeof parseEvent>,
  ): MillpondError | undefined {
    const isError = event !== undefined && event !== 'other' && event.type === 'error';
    if (isError) return failureOfEvent(event.error, this.context);
    return frame.event === 'error' ? failureOfEvent(frame.data, this.context) : undefined;
  }
}

/** A block that only announces what its pieces will bring. */
function isEmpty({ type, text, thinking }: WireBlock): boolean {
  if (type === 'text') return text === undefined || text === '';
  return type === 'thinking' && (thinking === undefined || thinking === '');
}

function renamed(json: string, path: readonly string[], { publicName }: RawContext): string {
  return publicName === undefined ? json : replaceTextField(json, path, publicName);
}
