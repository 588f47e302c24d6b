import type { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest, ServedBy } from '../../core/inference.ts';
import type { Upstream } from '../ports.ts';
import { Attempt } from './attempt.ts';
import type { AttemptDeps } from './attempt.ts';
import { DeliveredAnswer } from './delivered-answer.ts';
import { machineOf } from './eligibility.ts';
import type { RankedUpstream, SentAnswer } from './expected-time/ranking.ts';
import type { FairQueue } from './fair-queue.ts';
import type { History } from './history.ts';
import { orAborted } from './or-aborted.ts';
import type { Placement, Placing } from './placing.ts';
import { tooLate } from './refusals.ts';
import type { RouteRecord } from './route-record.ts';

/** Upstreams tried for one part of an answer before its last failure is passed on. */
const maxAttempts = 4;
/** Times that an answer changes its machine. */
const maxHandOvers = 3;
/** A half-delivered answer is on hold for so long at most. */
const maxPauseMs = 120_000;
/** Half-delivered answers go before everybody who has nothing yet. */
const handOverPriority = 10;

export interface DispatchDeps extends AttemptDeps {
  readonly queue: FairQueue<Placement>;
  /** How many requests of this caller count in line like one of anybody else. */
  readonly weight: number;
  /** Tells the measurements of an answer that is sent. */
  readonly sent: (request: InferenceRequest, choice: RankedUpstream) => SentAnswer;
  /** The failure in words for the caller, noted against the upstream. */
  readonly failureOf: (upstream: Upstream, thrown: unknown) => MillpondError;
  /** Something about the choice is known that was not before. */
  readonly onRoute: () => void;
  /** It has left the line for a place. */
  readonly onPlaced: (() => void) | undefined;
}

type Head = Extract<InferenceChunk, { type: 'head' }>;

/** An answer that lost its machine in the middle. */
interface Break {
  readonly from: string;
  readonly at: number;
}

/**
 * The life of one request in the router: find a place, have it answered, and after a failure find
 * another one, from the beginning or, once the caller has got something, exactly behind that.
 */
export class Dispatch {
  private readonly deps: DispatchDeps;
  private readonly request: InferenceRequest;
  private readonly signal: AbortSignal;
  private readonly record: RouteRecord;
  private readonly placing: Placing;
  private readonly delivered: DeliveredAnswer;
  private readonly history: History;
  private attempts = 0;
  private handOvers = 0;
  private isHeadOut = false;
  private firstContentAt: number | undefined;
  private break: Break | undefined;
  /** When its caller got something last: a pause is what the caller sees. */
  private deliveredAt: number | undefined;
  private etaMs: number | undefined;

  constructor(
    deps: DispatchDeps,
    request: InferenceRequest,
    parts: {
      readonly signal: AbortSignal;
      readonly record: RouteRecord;
      readonly placing: Placing;
      readonly history: History;
    },
  ) {
    this.deps = deps;
    this.request = request;
    this.signal = parts.signal;
    this.record = parts.record;
    this.placing = parts.placing;
    this.history = parts.history;
    this.delivered = new DeliveredAnswer(request);
  }

  async *run(): AsyncGenerator<InferenceChunk, void, undefined> {
    for (;;) {
      const place = yield* this.place();
      const attempt = this.attemptAt(place);
      try {
        yield* this.relay(attempt, place.choice.upstream);
        this.record.attemptEnded(this.delivered.tokensOfPart);
        return;
      } catch (thrown) {
        this.failed(place.choice.upstream, attempt, thrown);
      } finally {
        place.release();
      }
    }
  }

  /** At once where something is free and nobody waits, else in line. */
  private async *place(): AsyncGenerator<InferenceChunk, Placement, undefined> {
    const { queue, clock } = this.deps;
    const { envelope } = this.request;
    const line = `${envelope.model}\n${envelope.pin ?? ''}`;
    const isGoingOn = this.break !== undefined;
    if (isGoingOn || queue.isEmpty(line)) {
      const place = this.take();
      if (place !== undefined) return place;
    }
    const since = clock.monotonic();
    const turn = queue.join({
      line,
      caller: envelope.caller,
      priority: isGoingOn ? handOverPriority : envelope.priority,
      weight: this.deps.weight,
      take: () => this.take(),
      giveBack: (place) => {
        place.giveBack();
      },
    });
    try {
      for (;;) {
        const news = await orAborted(turn.news(), this.signal);
        if (news.kind === 'placed') return news.place;
        const { position } = news;
        const etaMs = news.etaMs ?? this.etaMs;
        yield {
          type: 'status',
          status: { phase: 'queued', position, ...(etaMs !== undefined && { etaMs }) },
        };
      }
    } finally {
      turn.leave();
      this.placing.stopWaiting();
      if (!isGoingOn) this.record.queued(clock.monotonic() - since);
    }
  }

  private take(): Placement | undefined {
    const { clock } = this.deps;
    if (this.break !== undefined) {
      const leftMs = this.break.at + maxPauseMs - clock.monotonic();
      if (leftMs <= 0) throw this.history.lastFailure ?? tooLate();
      this.placing.lookAgainAfter(leftMs);
    }
    const found = this.placing.take(this.delivered.remaining(), this.goesOnWith());
    if (found.place === undefined) this.etaMs = found.waitMs;
    return found.place;
  }

  private goesOnWith(): string | undefined {
    return this.isHeadOut ? this.delivered.neededDigest : undefined;
  }

  private attemptAt(place: Placement): Attempt {
    const { choice } = place;
    this.record.attemptBegan(choice);
    this.deps.onPlaced?.();
    this.deps.onRoute();
    return new Attempt(this.deps, {
      upstream: choice.upstream,
      request: place.request,
      permit: place.permit,
      expectedPrefillMs: place.expectedPrefillMs,
      sent: this.deps.sent(place.asked, choice),
      signal: this.signal,
      canMoveOn: () => this.canMoveOn(choice.upstream),
    });
  }

  /** Passes an attempt's chunks on, so that all parts together look like one answer. */
  private async *relay(
    attempt: Attempt,
    upstream: Upstream,
  ): AsyncGenerator<InferenceChunk, void, undefined> {
    let told: Head | undefined;
    let hasBegun = false;
    for await (const chunk of attempt.run()) {
      if (chunk.type === 'status') {
        yield chunk;
        continue;
      }
      if (chunk.type === 'head') {
        told = chunk;
        continue;
      }
      if (!hasBegun) {
        hasBegun = true;
        yield* this.begin(upstream, told);
      }
      this.deliveredAt = this.deps.clock.monotonic();
      yield this.completed(this.delivered.add(chunk));
    }
  }

  /** The first content of a part: the answer's head, or the news that it has moved. */
  private *begin(
    upstream: Upstream,
    told: Head | undefined,
  ): Generator<InferenceChunk, void, undefined> {
    this.delivered.begin(upstream.offer?.digest, told?.servedBy);
    const now = this.deps.clock.monotonic();
    this.firstContentAt ??= now;
    if (this.break !== undefined) {
      const { from, at } = this.break;
      this.break = undefined;
      const pauseMs = Math.round(now - (this.deliveredAt ?? at));
      const atToken = this.delivered.tokenCount;
      this.record.wentOn(pauseMs);
      yield {
        type: 'status',
        status: { phase: 'moved', from, to: machineOf(upstream), atToken, pauseMs },
      };
    }
    if (this.isHeadOut) return;
    this.isHeadOut = true;
    this.history.goesOn();
    const attempts = this.record.attemptCount.toString();
    if (told === undefined) return;
    yield {
      type: 'head',
      servedBy: this.servedBy(upstream, told.servedBy),
      // What another machine says about itself stays behind; a provider's headers belong to its body.
      headers: {
        ...(upstream.kind === 'provider' && withoutOurs(told.headers)),
        'x-millpond-attempts': attempts,
      },
      ...(told.status !== undefined && { status: told.status }),
    };
  }

  /** Other people's machines are named by us: what they call themselves is a claim. */
  private servedBy(upstream: Upstream, told: ServedBy): ServedBy {
    const pool = upstream.poolId === undefined ? {} : { pool: upstream.poolId };
    if (upstream.kind !== 'node') return { ...told, ...pool };
    const digest = upstream.offer?.digest ?? told.digest;
    return {
      upstream: upstream.id,
      machine: machineOf(upstream),
      model: this.request.envelope.model,
      ...(digest !== undefined && { digest }),
      ...pool,
    };
  }

  /** The time in our line belongs to the answer's, as does what was written before it moved. */
  private completed(chunk: InferenceChunk): InferenceChunk {
    if (chunk.type !== 'finish') return chunk;
    const { timings } = chunk;
    const queuedMs = timings.queuedMs + this.record.queuedMs;
    if (this.handOvers === 0) return { ...chunk, timings: { ...timings, queuedMs } };
    const now = this.deps.clock.monotonic();
    const decodeMs = now - (this.firstContentAt ?? now);
    return { ...chunk, timings: { ...timings, queuedMs, decodeMs } };
  }

  /** Settles what comes after a failure: another try, another machine behind the seam, or the end. */
  private failed(upstream: Upstream, attempt: Attempt, thrown: unknown): void {
    const failure = this.deps.failureOf(upstream, thrown);
    this.record.attemptEnded(this.delivered.tokensOfPart, failure);
    this.deps.onRoute();
    if (this.signal.aborted || failure.retry !== 'elsewhere') throw failure;
    this.history.note(upstream, failure);
    if (!attempt.isCommitted) {
      this.attempts += 1;
      if (this.attempts < maxAttempts) return;
      throw this.history.lastFailure ?? failure;
    }
    if (this.delivered.neededDigest === undefined || this.handOvers === maxHandOvers) throw failure;
    this.handOvers += 1;
    this.attempts = 0;
    this.delivered.partEnded();
    this.break = { from: machineOf(upstream), at: this.deps.clock.monotonic() };
  }

  private canMoveOn(current: Upstream): boolean {
    const isOut = this.isHeadOut;
    const digest = this.delivered.neededDigest;
    if (isOut && (digest === undefined || this.handOvers === maxHandOvers)) return false;
    return this.placing.hasOther(current, this.delivered.remaining(), this.goesOnWith());
  }
}

/** What this gateway says about an answer nobody else says for it. */
function withoutOurs(headers: Head['headers']): Head['headers'] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('x-millpond-')),
  );
}
