import { MillpondError } from '../../../core/error.ts';
import type {
  AnswerTimings,
  FinishReason,
  InferenceChunk,
  TextChunk,
  ToolCallChunk,
} from '../../../core/inference.ts';
import { AnswerLimits } from './answer-limits.ts';
import type { AnswerContext } from './answer-reader.ts';
import { finishReasonOf, isBrokenEnd } from './finish-reason.ts';
import { ToolCallJoiner } from './tool-call-joiner.ts';
import { UsageCount } from './usage-count.ts';
import type { WireAnswer, WireChoice, WireDelta, WirePart, WireTimings } from './wire-answer.ts';
import { decodeLogprobs } from './wire-logprobs.ts';

interface ChoiceState {
  readonly calls: ToolCallJoiner;
  finish?: FinishReason;
  stopSequence?: string;
}

type Content = TextChunk | ToolCallChunk;

/** Puts one answer together from the events of its server. One assembler serves one answer. */
export class AnswerAssembler {
  private readonly context: AnswerContext;
  private readonly limits: AnswerLimits;
  private readonly choices = new Map<number, ChoiceState>();
  private readonly usage: UsageCount;
  private latestTimings: WireTimings | undefined;
  private firstContentAt: number | undefined;
  private isDone = false;

  constructor(context: AnswerContext) {
    this.context = context;
    this.limits = new AnswerLimits(context.serverName);
    this.usage = new UsageCount(context.input);
  }

  /** What one event adds to the answer. Throws `unavailable` for more than any answer holds. */
  *take(wire: WireAnswer): Generator<InferenceChunk, void, undefined> {
    if (wire.timings) {
      this.latestTimings = wire.timings;
      this.usage.timings(wire.timings);
    }
    const contents = (wire.choices ?? []).flatMap((choice) => this.contentOf(choice));
    for (const content of contents) this.usage.piece(content.type);
    this.usage.usage(wire.usage);
    if (contents.length > 0) this.firstContentAt ??= this.context.clock.monotonic();
    const usage = this.usage.soFar();
    for (const content of contents) yield { ...content, usage };
  }

  /** The server said that nothing more comes. */
  done(): void {
    this.isDone = true;
  }

  /** One finish for each choice; they come last because the usage does. */
  *end(): Generator<InferenceChunk, void, undefined> {
    const { input } = this.context;
    const isWhole = [...this.choices.values()].every((choice) => choice.finish !== undefined);
    if (!this.isDone && (this.choices.size === 0 || !isWhole)) {
      throw brokenOff(this.context);
    }
    const timings = this.timingsNow();
    const usage = this.usage.soFar();
    for (let choice = 0; choice < input.choices; choice += 1) {
      const { calls, finish, stopSequence } = this.stateOf(choice);
      const reason = finish ?? 'stop';
      yield {
        type: 'finish',
        choice,
        reason: reason === 'stop' && !calls.isEmpty ? 'tool-calls' : reason,
        ...(stopSequence !== undefined && { stopSequence }),
        usage,
        timings,
      };
    }
  }

  private contentOf(wire: WireChoice): Content[] {
    const choice = wire.index ?? 0;
    const state = this.stateOf(choice);
    if (wire.finish_reason) state.finish = this.endOf(wire.finish_reason);
    if (typeof wire.stop_reason === 'string') {
      this.limits.hold(wire.stop_reason.length);
      state.stopSequence = wire.stop_reason;
    }
    const delta = wire.delta ?? wire.message ?? { content: wire.text };
    const logprobs = wire.logprobs ? decodeLogprobs(wire.logprobs) : undefined;
    return [
      ...textOf('reasoning', reasoningOf(delta)),
      ...textOf('text', saidIn(delta.content) ?? delta.refusal).map((chunk) => ({
        ...chunk,
        ...(logprobs !== undefined && logprobs.length > 0 && { logprobs }),
      })),
      ...(delta.tool_calls ?? []).flatMap((call) => state.calls.take(call) ?? []),
    ].map((chunk) => ({ ...chunk, choice }));
  }

  private endOf(word: string): FinishReason {
    if (isBrokenEnd(word)) throw brokenOff(this.context);
    return finishReasonOf(word);
  }

  private stateOf(choice: number): ChoiceState {
    const known = this.choices.get(choice);
    if (known !== undefined) return known;
    this.limits.requireRoom(this.choices.size, 'choices');
    const { requestId } = this.context;
    const unique = requestId.replaceAll('-', '').slice(-12);
    const calls = new ToolCallJoiner(`call_${unique}${String(choice)}`, this.limits);
    const state = { calls };
    this.choices.set(choice, state);
    return state;
  }

  private timingsNow(): AnswerTimings {
    const { clock, startedAt } = this.context;
    const now = clock.monotonic();
    const firstAt = this.firstContentAt ?? now;
    const firstTokenMs = firstAt - startedAt;
    return {
      queuedMs: 0,
      loadMs: 0,
      prefillMs: Math.min(this.latestTimings?.prompt_ms ?? firstTokenMs, firstTokenMs),
      firstTokenMs,
      decodeMs: now - firstAt,
    };
  }
}

function brokenOff({ serverName }: Pick<AnswerContext, 'serverName'>): MillpondError {
  return new MillpondError(
    'unavailable',
    `${serverName} stopped in the middle of an answer; try again`,
  );
}

function reasoningOf({
  reasoning_content: content,
  reasoning,
  content: said,
}: Partial<WireDelta>): string | null | undefined {
  return content ?? reasoning ?? (Array.isArray(said) ? said.map(thoughtIn).join('') : undefined);
}

/** Mistral's models that think send parts of two kinds. */
function thoughtIn({ thinking }: WirePart): string {
  if (typeof thinking === 'string') return thinking;
  return (thinking ?? []).map(({ text }) => text ?? '').join('');
}

function saidIn(content: WireDelta['content']): string | null | undefined {
  return Array.isArray(content) ? content.map(({ text }) => text ?? '').join('') : content;
}

function textOf(type: TextChunk['type'], text: string | null | undefined): TextChunk[] {
  return text === undefined || text === null || text === '' ? [] : [{ type, text }];
}
