import type {
  AnswerTimings,
  CanonicalInput,
  FinishReason,
  InferenceChunk,
} from '../../../core/inference.ts';
import type { Clock } from '../../../core/clock.ts';
import { noUsage } from '../../../core/usage.ts';
import type { TokenUsage } from '../../../core/usage.ts';
import { estimatePromptTokens } from './usage-count.ts';

interface Origin {
  readonly input: CanonicalInput;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly startedAt: number;
}

/** How far an answer has got that nobody here takes apart: its usage, ends and times. */
export class RawProgress {
  private readonly origin: Origin;
  private readonly finishes = new Map<number, FinishReason>();
  private pieces = 0;
  private reasoningPieces = 0;
  private told: TokenUsage | undefined;
  private estimatedPrompt: number | undefined;
  private firstContentAt: number | undefined;

  constructor(origin: Origin) {
    this.origin = origin;
  }

  content(isReasoning: boolean): void {
    this.firstContentAt ??= this.origin.clock.monotonic();
    this.pieces += 1;
    if (isReasoning) this.reasoningPieces += 1;
  }

  usage(told: TokenUsage | undefined): void {
    this.told = told ?? this.told;
  }

  finish(choice: number, reason: FinishReason): void {
    if (this.finishes.size < mostChoices) this.finishes.set(choice, reason);
  }

  /** Every choice that was asked for has ended. */
  get isWhole(): boolean {
    return this.finishes.size >= this.choices;
  }

  /** As the server counts, else one token for each piece that it sent. */
  soFar(): TokenUsage {
    const { input } = this.origin;
    if (this.told !== undefined) return this.told;
    const isText = input.task === 'chat' || input.task === 'completion';
    if (!isText) return noUsage;
    this.estimatedPrompt ??= estimatePromptTokens(input);
    return {
      promptTokens: this.estimatedPrompt,
      cachedTokens: 0,
      completionTokens: this.pieces,
      reasoningTokens: this.reasoningPieces,
      isEstimated: true,
    };
  }

  *end(): Generator<InferenceChunk, void, undefined> {
    const usage = this.soFar();
    const timings = this.timingsNow();
    for (let choice = 0; choice < this.choices; choice += 1) {
      const reason = this.finishes.get(choice) ?? 'stop';
      yield { type: 'finish', choice, reason, usage, timings };
    }
  }

  private get choices(): number {
    const { input } = this.origin;
    return input.task === 'chat' || input.task === 'completion' ? input.choices : 1;
  }

  private timingsNow(): AnswerTimings {
    const { clock, startedAt } = this.origin;
    const now = clock.monotonic();
    const firstAt = this.firstContentAt ?? now;
    const firstTokenMs = firstAt - startedAt;
    return {
      ...{ queuedMs: 0, loadMs: 0, firstTokenMs },
      prefillMs: firstTokenMs,
      decodeMs: now - firstAt,
    };
  }
}

const mostChoices = 128;
