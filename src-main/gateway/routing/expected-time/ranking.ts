import type { Clock } from '../../../core/clock.ts';
import type { AnswerTimings, InferenceRequest } from '../../../core/inference.ts';
import type { ModelRates } from '../../../core/node.ts';
import type { TokenUsage } from '../../../core/usage.ts';
import type { Upstream } from '../../ports.ts';

/** What an answer there is expected to take, in milliseconds, and what of the prompt it has already. */
export interface ExpectedParts {
  /** Until the model is in memory; 0 when it is. */
  readonly loadMs: number;
  /** Until a slot is free. */
  readonly waitMs: number;
  readonly prefillMs: number;
  /** A share of the time that the answer takes to write: first tokens count for more. */
  readonly decodeMs: number;
  readonly roundTripMs: number;
  /** What speaks against it: its owner at the keyboard, a battery. */
  readonly penaltyMs: number;
  /** What somebody else is expected to pay for the prompt that this one would push out. */
  readonly evictionMs: number;
  /** Tokens of the prompt that are expected to be there; part of what `prefillMs` leaves out. */
  readonly cachedTokens: number;
  /** The slot that holds the prompt's beginning. */
  readonly slot?: number;
  /** The sum of all but `evictionMs`. */
  readonly expectedMs: number;
}

/** What decides between two: what it takes, and what it makes others pay, in milliseconds. */
export function costOf({
  expectedMs,
  evictionMs,
}: Pick<ExpectedParts, 'expectedMs' | 'evictionMs'>): number {
  return expectedMs + evictionMs;
}

export interface RankedUpstream {
  readonly upstream: Upstream;
  /** Absent where the strategy does not reckon with times. */
  readonly expected?: ExpectedParts;
  /** It is first because it has the conversation, although another looked as fast. */
  readonly isSticky: boolean;
}

/** What this gateway has sent to one model of one upstream and what stands in its own line for it. */
export interface InFlight {
  /** Answers that have not ended; counted even where the machine has not told of them yet. */
  readonly answers: number;
  /** Requests in the gateway's line that are expected to go there first. */
  readonly waiting: number;
}

/** `modelKey` as `modelKeyOf` makes it. Called for every candidate of every decision: a plain read. */
export type InFlightOf = (upstreamId: string, modelKey: string) => InFlight;

/** Brings upstreams that may all answer into the order in which they are tried. */
export interface Strategy {
  /** The best first; the same upstreams as came in, each once. Never throws. */
  rank(
    request: InferenceRequest,
    candidates: readonly Upstream[],
    inFlight: InFlightOf,
  ): readonly RankedUpstream[];
  /**
   * The request got a place there; `open` are those that had room. Only this counts as a turn: a
   * request in line is ranked again and again.
   */
  chosen?(request: InferenceRequest, choice: RankedUpstream, open: readonly RankedUpstream[]): void;
}

/** An answer on its way, as the router tells of it. Calls after the first `ended` do nothing. */
export interface SentAnswer {
  /** Content came for the first time. */
  firstToken(): void;
  /** It is over in whatever way; the figures as far as they came. */
  ended(figures?: { readonly usage?: TokenUsage; readonly timings?: AnswerTimings }): void;
}

/** The gateway's own measurements, by upstream and model. */
export interface MeasuredRates {
  /** Tokens a second of one answer that has the engine to itself; undefined until measured. */
  of(upstreamId: string, modelKey: string): ModelRates | undefined;
}

export interface ExpectedTime extends Strategy {
  readonly rates: MeasuredRates;
  /**
   * Tells that a request was sent: from here on its prompt counts as being there. Every strategy's
   * router tells it, so that rates are known whichever strategy chooses.
   */
  sent(request: InferenceRequest, choice: RankedUpstream): SentAnswer;
  /** The upstream is gone for good or has forgotten its prompts. Its rates stay. */
  gone(upstreamId: string): void;
}

/** What rates and slots of a model are kept under, the same on every upstream that has its weights. */
export function modelKeyOf(model: { readonly model: string; readonly digest?: string }): string {
  return model.digest ?? model.model;
}

export interface ExpectedTimeDeps {
  readonly clock: Clock;
  /** Picks the requests that try a machine; the same ones each time for the same seed and ids. */
  readonly seed?: number;
}
