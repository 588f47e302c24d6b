import { ChildAbort } from '../../core/child-abort.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { withoutQuotes } from '../../core/without-quotes.ts';
import type { AnswerTimings, InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import type { TokenUsage } from '../../core/usage.ts';
import { isContent } from '../pipeline/meter.ts';
import type { Upstream, UpstreamOffer } from '../ports.ts';
import type { BreakerPermit } from './breaker.ts';
import { machineOf } from './eligibility.ts';
import type { SentAnswer } from './expected-time/ranking.ts';
import { nudged, watched } from './watched-stream.ts';

/** How long an upstream may be silent, in milliseconds. */
export interface AttemptTiming {
  /** Before the first token, on top of the time that reading the prompt is expected to take. */
  readonly firstTokenMs: number;
  /** Between tokens. */
  readonly idleMs: number;
  /** Both, for upstreams that don't tell what they do: they may be loading. */
  readonly untoldMs: number;
}

export const defaultAttemptTiming: AttemptTiming = {
  firstTokenMs: 60_000,
  idleMs: 30_000,
  untoldMs: 10 * 60_000,
};

/** A machine may be so many times slower at reading a prompt than was expected of it. */
const prefillSlack = 3;
/** A load is told of again when it got so much further, but not more often than that. */
const loadStep = 0.01;
const loadNewsEveryMs = 500;

export interface AttemptDeps {
  readonly clock: Clock;
  readonly timing: AttemptTiming;
  /** Subscribes to news of upstreams; returns how to end that. */
  readonly onChanged: (listener: () => void) => () => void;
  /** What the upstream offers by now; undefined when it is gone or tells nothing. */
  readonly offerNow: (upstream: Upstream) => UpstreamOffer | undefined;
}

export interface AttemptPlan {
  readonly upstream: Upstream;
  readonly request: InferenceRequest;
  readonly permit: BreakerPermit;
  /** Reading the prompt, as far as it is known. */
  readonly expectedPrefillMs: number;
  readonly sent: SentAnswer;
  readonly signal: AbortSignal;
  readonly canMoveOn: () => boolean;
}

type Head = Extract<InferenceChunk, { type: 'head' }>;
interface Loading {
  readonly phase: 'loading';
  readonly share: number;
}

/**
 * One upstream tried once. Holds the head back until content follows it, gives up on an upstream that
 * is silent for too long, and tells of a load that nobody else tells of. Whatever happens, the upstream
 * is stopped and the breaker knows whose fault it was.
 */
export class Attempt {
  /** Content came: from here on nobody can begin anew. */
  isCommitted = false;
  private readonly deps: AttemptDeps;
  private readonly plan: AttemptPlan;
  /** Aborted with the request, or when nobody waits for this attempt any more. */
  private readonly stop: ChildAbort;
  private readonly patienceMs: { readonly first: number; readonly idle: number };
  private progressAt: number;
  private shownShare = -1;
  private shownAt = -Infinity;
  private seenShare: number | undefined;
  private hasOwnStatus = false;
  private figures: { usage?: TokenUsage; timings?: AnswerTimings } = {};

  constructor(deps: AttemptDeps, plan: AttemptPlan) {
    this.deps = deps;
    this.plan = plan;
    this.stop = new ChildAbort(plan.signal);
    this.patienceMs = patienceFor(plan, deps.timing);
    this.progressAt = deps.clock.monotonic();
  }

  async *run(): AsyncGenerator<InferenceChunk, void, undefined> {
    const { permit, sent, signal } = this.plan;
    let outcome: () => void = permit.released;
    let isOver = false;
    try {
      yield* this.answer();
      isOver = true;
      outcome = permit.succeeded;
    } catch (thrown) {
      const error = this.failureOf(thrown);
      const { code, message } = error;
      if (!signal.aborted) {
        outcome = () => {
          permit.failed(code, message);
        };
      }
      throw thrown instanceof MillpondError ? error : thrown;
    } finally {
      if (!isOver) this.stop.abort(new MillpondError('cancelled', 'Nobody waits for this answer'));
      this.stop.release();
      outcome();
      sent.ended(this.figures);
    }
  }

  /** What others wrote may repeat the question. */
  private failureOf(thrown: unknown): MillpondError {
    const { upstream, request } = this.plan;
    const error = MillpondError.from(thrown);
    return upstream.kind === 'local' ? error : withoutQuotes(error, request);
  }

  private async *answer(): AsyncGenerator<InferenceChunk, void, undefined> {
    let head: Head | undefined;
    let isFinished = false;
    for await (const chunk of this.chunks()) {
      if (chunk === nudged) {
        const status = this.loadStatus();
        if (status !== undefined) yield status;
        continue;
      }
      this.noteProgress(chunk);
      if (chunk.type === 'head') {
        head = chunk;
        continue;
      }
      if (chunk.type === 'status') {
        yield chunk;
        continue;
      }
      if (!this.isCommitted) this.plan.sent.firstToken();
      this.isCommitted = true;
      if (head !== undefined) yield head;
      head = undefined;
      isFinished = chunk.type === 'finish';
      yield chunk;
    }
    if (head !== undefined && this.plan.request.input.task === 'proxy') {
      // An answer that is passed on as it is may have no body at all.
      this.isCommitted = true;
      yield head;
      yield { type: 'bytes', bytes: new Uint8Array() };
    }
    this.checkEnd(isFinished);
  }

  private chunks(): AsyncIterable<InferenceChunk | typeof nudged> {
    const { upstream, request, canMoveOn } = this.plan;
    const { clock, onChanged } = this.deps;
    const { signal } = this.stop;
    return watched(upstream.backend.infer(request, { signal, canMoveOn }), {
      signal,
      clock,
      dueAt: () => this.progressAt + this.limitMs(),
      onOverdue: () => this.overdue(),
      ...(upstream.offer !== undefined && {
        onNudge: (nudge) =>
          onChanged(() => {
            if (!this.isCommitted) nudge();
          }),
      }),
    });
  }

  /** An upstream that ends without content, or in the middle, has failed. */
  private checkEnd(isFinished: boolean): void {
    const { request, upstream } = this.plan;
    if (!this.isCommitted) {
      throw new MillpondError('unavailable', 'The engine ended without an answer');
    }
    const hasFinish = request.input.task === 'chat' || request.input.task === 'completion';
    if (hasFinish && !isFinished) {
      throw new MillpondError(
        'unavailable',
        `${machineOf(upstream)} ended in the middle of the answer`,
      );
    }
  }

  private limitMs(): number {
    return this.isCommitted ? this.patienceMs.idle : this.patienceMs.first;
  }

  private noteProgress(chunk: InferenceChunk): void {
    const { clock } = this.deps;
    if (chunk.type === 'status') {
      this.hasOwnStatus = true;
      if (chunk.status.phase === 'loading') this.noteShare(chunk.status.share);
      // A line further on is alive, and bounds the waiting itself.
      else this.progressAt = clock.monotonic();
      return;
    }
    this.progressAt = clock.monotonic();
    if (!isContent(chunk)) return;
    if ('usage' in chunk) this.figures.usage = chunk.usage;
    if (chunk.type === 'finish') this.figures.timings = chunk.timings;
  }

  private noteShare(share: number): void {
    if (share === this.seenShare) return;
    this.seenShare = share;
    this.progressAt = this.deps.clock.monotonic();
  }

  private loadingNow(): Loading | undefined {
    const state = this.deps.offerNow(this.plan.upstream)?.state;
    return state?.phase === 'loading' ? state : undefined;
  }

  /** The load as the upstream's own report tells it, for upstreams whose answers don't. */
  private loadStatus(): InferenceChunk | undefined {
    const loading = this.loadingNow();
    if (loading === undefined) return undefined;
    this.noteShare(loading.share);
    const now = this.deps.clock.monotonic();
    const isNews = Math.abs(loading.share - this.shownShare) >= loadStep;
    if (this.hasOwnStatus || !isNews || now - this.shownAt < loadNewsEveryMs) return undefined;
    this.shownShare = loading.share;
    this.shownAt = now;
    const machine = machineOf(this.plan.upstream);
    return { type: 'status', status: { phase: 'loading', machine, share: loading.share } };
  }

  /** Silence has lasted too long, unless the model is being loaded and gets on. */
  private overdue(): Error | undefined {
    const { clock } = this.deps;
    if (!this.isCommitted) {
      const loading = this.loadingNow();
      if (loading !== undefined) this.noteShare(loading.share);
    }
    if (clock.monotonic() - this.progressAt < this.limitMs()) return undefined;
    const machine = machineOf(this.plan.upstream);
    const seconds = Math.round(this.limitMs() / 1000).toString();
    return this.isCommitted
      ? new MillpondError('timeout', `${machine} fell silent for ${seconds} s in the answer`, {
          reason: 'stalled',
        })
      : new MillpondError('timeout', `${machine} gave no answer within ${seconds} s`, {
          reason: 'no-first-token',
        });
  }
}

function patienceFor(
  { upstream, request, expectedPrefillMs }: AttemptPlan,
  timing: AttemptTiming,
): { readonly first: number; readonly idle: number } {
  const { kind, offer } = upstream;
  // Pools and providers have lines and timers of their own; who tells nothing of a load may be loading.
  if (offer === undefined || kind === 'pool' || kind === 'provider') {
    return { first: timing.untoldMs, idle: timing.untoldMs };
  }
  const first = timing.firstTokenMs + prefillSlack * expectedPrefillMs;
  const { task } = request.input;
  // Vectors of many texts come one by one, each after its own prompt.
  const isGenerated = task === 'chat' || task === 'completion';
  return { first, idle: isGenerated ? timing.idleMs : first };
}
