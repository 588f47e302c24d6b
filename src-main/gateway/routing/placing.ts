import type { Clock } from '../../core/clock.ts';
import { promptMarks } from '../../core/fingerprint.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import type { Upstream, UpstreamDirectory } from '../ports.ts';
import { Alarm } from './alarm.ts';
import type { BreakerPermit, Breakers } from './breaker.ts';
import { breakerKey } from './breaker-key.ts';
import { comingBackMs } from './coming-back.ts';
import { estimatedPromptTokens, exclusionOf } from './eligibility.ts';
import { costOf, modelKeyOf } from './expected-time/ranking.ts';
import type { RankedUpstream } from './expected-time/ranking.ts';
import type { History } from './history.ts';
import { outboundRequest } from './outbound-request.ts';
import { nobodyEligible, stillLoading } from './refusals.ts';
import type { Judged } from './refusals.ts';
import type { Reservations } from './reservations.ts';
import type { RouteRecord } from './route-record.ts';
import type { NamedStrategy } from './strategies.ts';
import type { WarmUps } from './warm-up.ts';

export interface PlacingDeps {
  readonly directory: UpstreamDirectory;
  readonly clock: Clock;
  readonly breakers: Breakers;
  readonly reservations: Reservations;
  readonly warmUps: WarmUps;
  /** How the machines of a pool are chosen; of this machine's own for undefined. */
  readonly strategyOf: (poolId: string | undefined) => NamedStrategy;
  readonly gatewayId?: string | undefined;
  /** Everybody who waits should look again. */
  readonly wake: () => void;
}

/** A place at one upstream: a slot is held and its breaker lets the request pass. */
export interface Placement {
  readonly choice: RankedUpstream;
  /** As it was reckoned with. */
  readonly asked: InferenceRequest;
  /** As it is sent there. */
  readonly request: InferenceRequest;
  readonly permit: BreakerPermit;
  readonly expectedPrefillMs: number;
  /** Gives the slot back; the permit was used. */
  readonly release: () => void;
  /** Gives back both, for a place that nobody used. */
  readonly giveBack: () => void;
}

export type Found =
  | { readonly place: Placement }
  /** Everything is taken; `waitMs` until something is expected to be free. */
  | { readonly place?: undefined; readonly waitMs: number | undefined };

/** Reading speed that is reckoned with where nobody has measured one, in tokens a second. */
const pessimisticPrefill = 20;
/** How much longer than expected a better machine is waited for while another one is free. */
const patienceFactor = 1.5;
const patienceMs = 1000;

/** Chooses upstreams for one request, as often as it needs one. */
export class Placing {
  private readonly deps: PlacingDeps;
  private readonly record: RouteRecord;
  private readonly history: History;
  private readonly marks = new Map<string, readonly string[]>();
  private readonly alarm: Alarm;
  private stopExpecting: () => void = () => {};
  private choseToWaitAt: number | undefined;

  constructor(deps: PlacingDeps, record: RouteRecord, history: History) {
    this.deps = deps;
    this.record = record;
    this.history = history;
    this.alarm = new Alarm(deps.clock, deps.wake);
  }

  /**
   * The best place that is free. Throws when nobody may be asked at all; whoever can go on with an answer
   * is worth waiting for, also while its breaker pauses it or just after it was cut off.
   */
  take(request: InferenceRequest, goesOnWith: string | undefined): Found {
    this.stopExpecting();
    const { directory, strategyOf } = this.deps;
    const all = directory.candidates(request);
    const marked = this.withMarks(request, all[0]);
    const judged = this.judge(request, all, goesOnWith);
    const eligible = judged.flatMap(({ upstream, exclusion }) => (exclusion ? [] : [upstream]));
    if (eligible.length === 0) {
      const waitMs = this.untilSomebodyMs(request, judged, goesOnWith);
      if (waitMs !== undefined) {
        this.lookAgainAfter(waitMs);
        return { waitMs };
      }
      throw this.history.lastFailure ?? nobodyEligible(request, judged, this.pausedMs(request));
    }
    const strategy = strategyOf(poolOf(request));
    const asked = this.warmEnough(request, eligible);
    const ranked = strategy.rank(marked, asked, (id, key) =>
      this.deps.reservations.inFlight(id, key),
    );
    this.record.considered(strategy.name, ranked, judged);
    this.refuseCold(request, ranked[0]);
    const open = ranked.filter(({ upstream }) => !this.isTaken(upstream, request));
    const place = this.choose(request, ranked[0], open);
    if (place === undefined) return this.wait(request, ranked[0], asked);
    strategy.chosen?.(marked, place.choice, open);
    return { place };
  }

  /** Whether somebody but `current` has room for it right now. */
  hasOther(current: Upstream, request: InferenceRequest, goesOnWith: string | undefined): boolean {
    const all = this.deps.directory.candidates(request);
    return this.judge(request, all, goesOnWith).some(
      ({ upstream, exclusion }) =>
        exclusion === undefined && upstream.id !== current.id && !this.isTaken(upstream, request),
    );
  }

  /** Everybody looks again after so many milliseconds at the latest. */
  lookAgainAfter(ms: number): void {
    this.alarm.within(ms);
  }

  /** The request left its line. */
  stopWaiting(): void {
    this.stopExpecting();
    this.alarm.stop();
    this.choseToWaitAt = undefined;
  }

  private judge(
    request: InferenceRequest,
    all: readonly Upstream[],
    goesOnWith: string | undefined,
  ): Judged[] {
    const rules = {
      request,
      goesOnWith,
      tooShortContext: this.tooShort(request, all),
      hasFailed: (upstream: Upstream) => this.history.hasFailed(upstream),
      pausedMs: this.pausedMs(request),
    };
    return all.map((upstream) => {
      const exclusion = exclusionOf(upstream, rules);
      return exclusion === undefined ? { upstream } : { upstream, exclusion };
    });
  }

  /** The longest context that is too short, where a longer one exists: a guess excludes nobody else. */
  private tooShort(request: InferenceRequest, all: readonly Upstream[]): number | undefined {
    const known = this.history.tooShortContext;
    const tokens = estimatedPromptTokens(this.withMarks(request, all[0]));
    const lengths = all.flatMap(({ offer }) => offer?.contextLength ?? []);
    if (!lengths.some((length) => length > tokens)) return known;
    const guessed = Math.max(0, ...lengths.filter((length) => length <= tokens));
    return guessed === 0 ? known : Math.max(known ?? 0, guessed);
  }

  private pausedMs({ envelope }: InferenceRequest): (upstream: Upstream) => number {
    return (upstream) => this.deps.breakers.waitMs(breakerKey(upstream, envelope.model));
  }

  private untilSomebodyMs(
    request: InferenceRequest,
    judged: readonly Judged[],
    goesOnWith: string | undefined,
  ): number | undefined {
    // A question that nobody has begun with is answered at once: its caller can ask again.
    if (goesOnWith === undefined) return undefined;
    const returning = this.deps.directory.returning?.(request) ?? [];
    return this.soonestPauseMs(request, judged) ?? comingBackMs(returning, request, goesOnWith);
  }

  private soonestPauseMs(request: InferenceRequest, judged: readonly Judged[]): number | undefined {
    const pausedMs = this.pausedMs(request);
    const pauses = judged.flatMap(({ upstream, exclusion }) =>
      exclusion?.kind === 'paused' ? [pausedMs(upstream)] : [],
    );
    return pauses.length === 0 ? undefined : Math.min(...pauses);
  }

  private isTaken(upstream: Upstream, { envelope }: InferenceRequest): boolean {
    return (
      this.history.restMs(upstream) > 0 ||
      this.deps.reservations.free(upstream, envelope.model) <= 0
    );
  }

  /** Who does not want to wait for a load takes whoever is ready, as long as somebody is. */
  private warmEnough({ envelope }: InferenceRequest, eligible: Upstream[]): readonly Upstream[] {
    if (envelope.onColdStart !== 'refuse') return eligible;
    const ready = eligible.filter(isReady);
    return ready.length > 0 ? ready : eligible;
  }

  private refuseCold(request: InferenceRequest, best: RankedUpstream | undefined): void {
    if (request.envelope.onColdStart !== 'refuse' || best === undefined) return;
    if (isReady(best.upstream)) return;
    this.deps.warmUps.begin(best.upstream, request);
    throw stillLoading(best.upstream, request.envelope);
  }

  private choose(
    request: InferenceRequest,
    best: RankedUpstream | undefined,
    open: readonly RankedUpstream[],
  ): Placement | undefined {
    const first = open[0];
    if (first === undefined || this.isWorthWaiting(request, best, first)) return undefined;
    for (const choice of open) {
      const place = this.reserve(request, choice);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  /** A busy machine that is expected to be sooner is waited for, a little longer than expected. */
  private isWorthWaiting(
    request: InferenceRequest,
    best: RankedUpstream | undefined,
    free: RankedUpstream,
  ): boolean {
    if (best === undefined || best === free) return false;
    const { expected } = best;
    if (expected === undefined || free.expected === undefined) return false;
    if (!best.isSticky && costOf(expected) >= costOf(free.expected)) return false;
    if (best.isSticky && request.envelope.affinity?.isStrict === true) return true;
    // How fast it answers says nothing while it takes nothing.
    if (this.history.restMs(best.upstream) > 0) return false;
    const now = this.deps.clock.monotonic();
    this.choseToWaitAt ??= now;
    const until = this.choseToWaitAt + patienceFactor * expected.waitMs + patienceMs;
    if (now >= until) return false;
    this.lookAgainAfter(until - now);
    return true;
  }

  private wait(
    request: InferenceRequest,
    best: RankedUpstream | undefined,
    asked: readonly Upstream[],
  ): Found {
    const { reservations } = this.deps;
    if (best !== undefined) {
      this.stopExpecting = reservations.expect(best.upstream, request.envelope.model);
    }
    const rests = asked.map((upstream) => this.history.restMs(upstream));
    const soonest = Math.min(...rests.filter((ms) => ms > 0));
    if (Number.isFinite(soonest)) this.lookAgainAfter(soonest);
    return { waitMs: best?.expected === undefined ? undefined : Math.round(best.expected.waitMs) };
  }

  private reserve(request: InferenceRequest, choice: RankedUpstream): Placement | undefined {
    const { upstream, expected } = choice;
    const { model } = request.envelope;
    const permit = this.deps.breakers.tryEnter(breakerKey(upstream, model));
    if (permit === undefined) return undefined;
    this.stopWaiting();
    const credit = this.deps.reservations.take(upstream, model);
    const release = (): void => {
      credit();
      this.deps.wake();
    };
    const asked = this.withMarks(request, upstream);
    return {
      choice,
      asked,
      request: outboundRequest(asked, choice, this.deps.gatewayId),
      permit,
      expectedPrefillMs: expected?.prefillMs ?? guessedPrefillMs(upstream, request),
      release,
      giveBack: () => {
        permit.released();
        release();
      },
    };
  }

  /** Bound to the weights that the upstream has, with the fingerprints that belong to them. */
  private withMarks(request: InferenceRequest, upstream: Upstream | undefined): InferenceRequest {
    const { model, tenant } = request.envelope;
    const offered = upstream?.offer?.digest;
    const weights = offered === undefined ? {} : { digest: offered };
    const key = modelKeyOf({ model, ...weights });
    const marks = this.marks.get(key) ?? promptMarks(request.input, { digest: key, tenant });
    this.marks.set(key, marks);
    return { ...request, envelope: { ...request.envelope, ...weights, marks } };
  }
}

function isReady({ offer }: Upstream): boolean {
  return offer === undefined || offer.state.phase === 'ready';
}

/** The pool whose rules count: the one that is asked, if it is one. */
function poolOf({ envelope }: InferenceRequest): string | undefined {
  return envelope.pools?.length === 1 ? envelope.pools[0] : undefined;
}

function guessedPrefillMs({ offer }: Upstream, request: InferenceRequest): number {
  const rate = offer?.rates?.prefillPerSecond ?? pessimisticPrefill;
  return (estimatedPromptTokens(request) / rate) * 1000;
}
