import type { Clock } from '../../../core/clock.ts';
import type { InferenceRequest } from '../../../core/inference.ts';
import type { AnswerTimings } from '../../../core/inference.ts';
import type { TokenUsage } from '../../../core/usage.ts';
import type { Running } from './estimate.ts';
import type { Expectations } from './expectations.ts';
import type { MachineState, ModelState } from './model-state.ts';
import type { SentAnswer } from './ranking.ts';
import type { RateBook } from './rate-book.ts';

/** Fewer expected tokens than this prove nothing when they are missing. */
const fewestReliedTokens = 256;
/** A machine that had nothing of what it should have is believed this much the next time. */
const leastReliance = 0.05;

interface Context {
  readonly clock: Clock;
  readonly rates: RateBook;
  readonly expectations: Expectations;
  readonly model: ModelState;
  readonly machine: MachineState;
  readonly modelKey: string;
  readonly roundTripMs: number;
  /** Tokens of the prompt that should have been there. */
  readonly cachedTokens: number;
}

/** Keeps a slot taken while its answer is written, and learns from it what there is to learn. */
export class AnswerOnItsWay implements SentAnswer {
  private readonly request: InferenceRequest;
  private readonly running: Running;
  private readonly context: Context;
  /** Another prompt was being read when this one came. */
  private readonly isReadShared: boolean;
  private hasEnded = false;

  constructor(request: InferenceRequest, running: Running, context: Context) {
    this.request = request;
    this.running = running;
    this.context = context;
    this.isReadShared = context.machine.slots.held.some(
      ({ occupant }) =>
        occupant !== undefined && occupant !== running && occupant.firstTokenAt === undefined,
    );
  }

  firstToken(): void {
    if (!this.hasEnded) this.running.firstTokenAt ??= this.context.clock.monotonic();
  }

  ended({ usage, timings }: Figures = {}): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    const { clock, expectations, machine, model } = this.context;
    const now = clock.monotonic();
    const answers = machine.slots.held.filter(({ occupant }) => occupant !== undefined).length;
    if (usage !== undefined) {
      expectations.learn(this.request, usage);
      this.learnRates(usage, timings, { now, answers });
      model.remeasured(machine.slots.id);
    }
    machine.ended(answers, now);
    const { isContinued, marks } = this.running;
    model.returns.left(marks.at(-1), isContinued ? 'continued' : 'fresh', now);
    model.held.vacate(machine.slots, this.running, this.heldTokens(usage), now);
  }

  /** What the slot has if it ends now: the prompt once it was read, and what was written. */
  private heldTokens(usage: TokenUsage | undefined): number {
    if (usage !== undefined) return usage.promptTokens + usage.completionTokens;
    return this.running.firstTokenAt === undefined ? 0 : this.running.promptTokens;
  }

  private learnRates(
    usage: TokenUsage,
    timings: AnswerTimings | undefined,
    { answers, now }: { readonly answers: number; readonly now: number },
  ): void {
    const { firstTokenAt, sentAt } = this.running;
    if (firstTokenAt === undefined) return;
    const { cachedTokens, machine, modelKey, rates, roundTripMs } = this.context;
    const where = { upstreamId: machine.slots.id, modelKey };
    rates.decoded(where, usage.completionTokens - 1, now - firstTokenAt, answers);
    if (usage.isEstimated === true) return;
    const waitedMs = roundTripMs + (timings?.queuedMs ?? 0) + (timings?.loadMs ?? 0);
    const readTokens = usage.promptTokens - usage.cachedTokens;
    rates.prefilled(where, readTokens, firstTokenAt - sentAt - waitedMs, this.isReadShared);
    if (cachedTokens >= fewestReliedTokens) {
      const kept = Math.min(1, usage.cachedTokens / cachedTokens);
      machine.reliance.add(Math.max(leastReliance, kept));
    }
  }
}

interface Figures {
  readonly usage?: TokenUsage;
  readonly timings?: AnswerTimings;
}
