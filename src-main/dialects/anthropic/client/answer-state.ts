import type { Clock } from '../../../core/clock.ts';
import { MillpondError } from '../../../core/error.ts';
import type { FinishChunk, FinishReason } from '../../../core/inference.ts';
import type { ServerIdentity } from './failure.ts';
import { UsageCount } from './usage-count.ts';

export interface AnswerContext extends ServerIdentity {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** On the clock, when the request was sent. */
  readonly startedAt: number;
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

interface Stop {
  readonly stop_reason?: string | null | undefined;
  readonly stop_sequence?: string | null | undefined;
}

/** What is known of one answer besides its content. */
export class AnswerState {
  readonly usage = new UsageCount();
  private readonly context: AnswerContext;
  private firstContentAt: number | undefined;
  private reason: FinishReason | undefined;
  private stopSequence: string | undefined;

  constructor(context: AnswerContext) {
    this.context = context;
  }

  content(isThought: boolean): void {
    this.usage.piece(isThought);
    this.firstContentAt ??= this.context.clock.monotonic();
  }

  stopped({ stop_reason: reason, stop_sequence: sequence }: Stop): void {
    if (reason) this.reason = finishReasons[reason] ?? 'stop';
    if (sequence) this.stopSequence = sequence;
  }

  /** The server said that nothing more comes. */
  over(): void {
    this.reason ??= 'stop';
  }

  brokenOff(): MillpondError {
    const { serverName } = this.context;
    return new MillpondError(
      'unavailable',
      `${serverName} stopped in the middle of an answer; try again`,
    );
  }

  /** Throws `unavailable` when the server never said how it ended. */
  finish(): FinishChunk {
    const { clock, startedAt } = this.context;
    if (this.reason === undefined) throw this.brokenOff();
    const now = clock.monotonic();
    const firstAt = this.firstContentAt ?? now;
    const firstTokenMs = firstAt - startedAt;
    return {
      type: 'finish',
      reason: this.reason,
      ...(this.stopSequence !== undefined && { stopSequence: this.stopSequence }),
      usage: this.usage.soFar(),
      timings: {
        queuedMs: 0,
        loadMs: 0,
        prefillMs: firstTokenMs,
        firstTokenMs,
        decodeMs: now - firstAt,
      },
    };
  }
}
