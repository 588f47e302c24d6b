import type { Clock } from '../../../core/clock.ts';
import { MillpondError } from '../../../core/error.ts';
import type { HttpResponse } from '../../../core/http.ts';
import type { CanonicalInput, InferenceChunk } from '../../../core/inference.ts';
import { replaceTextField } from '../../splice-json.ts';
import { FrameSplitter } from '../../sse-frames.ts';
import type { SseFrame } from '../../sse-frames.ts';
import { failureOfEvent } from './failure.ts';
import type { ServerIdentity } from './failure.ts';
import { factsOfChunk, factsOfResponseEvent } from './raw-frame.ts';
import type { FrameFacts } from './raw-frame.ts';
import { RawProgress } from './raw-progress.ts';
import { readAnswerText } from './read-body.ts';
import { parseJson } from './wire-answer.ts';
import { fieldOf, readUsage } from './wire-usage.ts';

export interface RawContext extends ServerIdentity {
  readonly input: CanonicalInput;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** On the clock, when the request was sent. */
  readonly startedAt: number;
  /** Of the Responses API, whose events have names and no `[DONE]`. */
  readonly isResponses: boolean;
  /** What callers know the model as, where its server calls it otherwise. */
  readonly renamedTo?: string;
  /** The server has said that nothing more comes. */
  readonly onDone: () => void;
  /** The usage was asked for on our own account: its event is kept from the caller. */
  readonly hidesUsage: boolean;
}

/** Openers that are held back: more than this is no opener any more. */
const mostHeld = 1024 * 1024;
/** Beyond this a body is looked through instead of being taken apart. */
const mostParsed = 1024 * 1024;

/** A whole body as its server wrote it, with the usage that stands in it. */
export async function* wholeRawAnswer(
  response: HttpResponse,
  context: RawContext,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const text = await readAnswerText(response);
  const progress = new RawProgress(context);
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) throw notAnAnswer(context);
  const error = fieldOf(value, 'error');
  if (error !== undefined) throw failureOfEvent(error, context);
  if (text.length <= mostParsed) {
    const { finishes, error: brokenEnd } = endsOf(value);
    if (brokenEnd !== undefined) throw failureOfEvent(brokenEnd, context);
    for (const { choice, reason } of finishes) progress.finish(choice, reason);
  }
  progress.usage(readUsage(fieldOf(value, 'usage')));
  progress.content(false);
  const named = renamed(text, ['model'], context);
  yield { type: 'raw', dialect: 'openai', text: named, usage: progress.soFar() };
  yield* progress.end();
}

/**
 * Events as their server wrote them. Those without content are held back until some comes: up to then
 * somebody else may still answer. Fails like any other answer: a stream without an end is none.
 */
export async function* streamedRawAnswer(
  response: HttpResponse,
  context: RawContext,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const progress = new RawProgress(context);
  const watch = new FrameWatch(progress, context);
  const splitter = new FrameSplitter();
  const piece = (text: string): InferenceChunk => {
    return { type: 'raw', dialect: 'openai', text, usage: progress.soFar() };
  };
  try {
    for await (const bytes of response.body) {
      if (watch.isOver()) continue;
      const { text, failure } = watch.take(splitter.take(bytes));
      if (text !== '') yield piece(text);
      if (failure !== undefined) throw failure;
      if (!watch.isOver()) continue;
      // Told at once; what follows is only read so that the connection can be used again.
      const rest = watch.rest();
      if (rest !== '') yield piece(rest);
      yield* progress.end();
      context.onDone();
    }
  } catch (error) {
    if (!watch.isOver()) throw error;
  }
  if (watch.isOver()) return;
  if (!progress.isWhole) throw brokenOff(context);
  const rest = watch.rest();
  if (rest !== '') yield piece(rest);
  yield* progress.end();
}

/** Reads along while events pass. */
class FrameWatch {
  private isDone = false;
  private readonly progress: RawProgress;
  private readonly context: RawContext;
  private held = '';
  private ending = '';
  private hasContent = false;

  constructor(progress: RawProgress, context: RawContext) {
    this.progress = progress;
    this.context = context;
  }

  /** The server has said that nothing more comes. */
  isOver(): boolean {
    return this.isDone;
  }

  /** What may be sent on now, and the failure that comes behind it. */
  take(frames: readonly SseFrame[]): { readonly text: string; readonly failure?: MillpondError } {
    for (const frame of frames) {
      if (frame.data === '[DONE]') {
        this.isDone = true;
        this.ending = frame.text;
        break;
      }
      if (frame.data === '') {
        // A comment only keeps the connection alive: before the answer that is our own business.
        if (this.hasContent) this.held += frame.text;
        continue;
      }
      const failure = this.look(frame);
      if (failure !== undefined) return { text: this.passed(), failure };
    }
    return { text: this.passed() };
  }

  /** What is left at the end: an end of our own, where the server said none. */
  rest(): string {
    const ending = this.isDone || this.context.isResponses ? this.ending : 'data: [DONE]\n\n';
    const text = this.held + ending;
    this.held = '';
    return text;
  }

  private look(frame: SseFrame): MillpondError | undefined {
    const value = parseJson(frame.data);
    if (typeof value !== 'object' || value === null) return notAnAnswer(this.context);
    const facts = this.context.isResponses ? factsOfResponseEvent(value) : factsOfChunk(value);
    if (facts.error !== undefined || frame.event === 'error') {
      return failureOfEvent(facts.error ?? value, this.context);
    }
    this.note(facts);
    if (facts.isUsageOnly && this.context.hidesUsage) return undefined;
    this.held += this.named(frame);
    return this.held.length > mostHeld && !this.hasContent ? notAnAnswer(this.context) : undefined;
  }

  private note(facts: FrameFacts): void {
    this.progress.usage(facts.usage);
    if (facts.hasContent) this.progress.content(facts.isReasoning);
    this.hasContent ||= facts.hasContent;
    for (const { choice, reason } of facts.finishes) this.progress.finish(choice, reason);
  }

  private passed(): string {
    if (!this.hasContent) return '';
    const text = this.held;
    this.held = '';
    return text;
  }

  private named({ data, text }: SseFrame): string {
    const { context } = this;
    if (context.renamedTo === undefined) return text;
    const path = context.isResponses ? ['response', 'model'] : ['model'];
    // The payload stands in one line, or it is no JSON of this API.
    return text.replace(data, () => renamed(data, path, context));
  }
}

function endsOf(value: object): Pick<FrameFacts, 'finishes' | 'error'> {
  if (fieldOf(value, 'object') !== 'response') return factsOfChunk(value);
  const isCut = fieldOf(value, 'status') === 'incomplete';
  return { finishes: [{ choice: 0, reason: isCut ? 'length' : 'stop' }] };
}

function renamed(json: string, path: readonly string[], { renamedTo }: RawContext): string {
  return renamedTo === undefined ? json : replaceTextField(json, path, renamedTo);
}

function brokenOff({ serverName }: ServerIdentity): MillpondError {
  return new MillpondError(
    'unavailable',
    `${serverName} stopped in the middle of an answer; try again`,
  );
}

function notAnAnswer({ serverName }: ServerIdentity): MillpondError {
  return new MillpondError(
    'unavailable',
    `${serverName} sent something that is no answer of the OpenAI API; try again, or check its address`,
  );
}
