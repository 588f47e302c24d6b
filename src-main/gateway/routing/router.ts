import type { RouteDecision } from '../../contract/activity.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest, InferOptions } from '../../core/inference.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Upstream, UpstreamDirectory, UpstreamOffer } from '../ports.ts';
import { defaultAttemptTiming } from './attempt.ts';
import type { AttemptTiming } from './attempt.ts';
import { Breakers } from './breaker.ts';
import { ofBreakerKey } from './breaker-key.ts';
import { coalesced } from './coalesced.ts';
import { withDeadline } from './deadline.ts';
import { Dispatch } from './dispatch.ts';
import type { DispatchDeps } from './dispatch.ts';
import type { RankedUpstream, SentAnswer } from './expected-time/ranking.ts';
import { FairQueue } from './fair-queue.ts';
import { History } from './history.ts';
import { Placing } from './placing.ts';
import type { Placement, PlacingDeps } from './placing.ts';
import { checkHops } from './refusals.ts';
import { Reservations } from './reservations.ts';
import { RouteRecord } from './route-record.ts';
import type { NamedStrategy } from './strategies.ts';
import { WarmUps } from './warm-up.ts';

export interface RouterDeps {
  readonly directory: UpstreamDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told about every failure that was an upstream's fault. */
  readonly onUpstreamFailed: (upstream: string, code: string) => void;
  /** How the machines of a pool are chosen; of this machine's own for undefined. */
  readonly strategyOf: (poolId: string | undefined) => NamedStrategy;
  /** Told of every answer that is sent, for measuring; its rates and prefixes are the strategy's. */
  readonly sent: (request: InferenceRequest, choice: RankedUpstream) => SentAnswer;
  /** This gateway's own name, by which it recognises a request that comes round. */
  readonly gatewayId?: string;
  readonly timing?: Partial<AttemptTiming>;
}

export interface RouteOptions extends InferOptions {
  /** How many requests of this caller count in line like one of anybody else; 1 if absent. */
  readonly weight?: number;
  /** Told why one machine was chosen, each time that something new is known about it. */
  readonly onRoute?: (decision: RouteDecision) => void;
  /** Tell it also when there was nothing to choose. */
  readonly tellsPlainRoutes?: boolean;
  /** Told whenever the request has left the line for a place. */
  readonly onPlaced?: () => void;
}

/** How much the router has on its hands. */
export interface RouterLoad {
  /** Answers that are under way. */
  readonly answering: number;
  /** Requests in line. */
  readonly waiting: number;
}

/** Hundreds of machines report each second; whoever waits looks at them so often. */
const lookEveryMs = 50;

/** A circuit that is not closed. Times are epoch milliseconds. */
export interface Circuit {
  readonly upstreamId: string;
  readonly model: string;
  /** `open`: nothing is sent until `retryAt` · `half-open`: one probe is under way. */
  readonly phase: 'open' | 'half-open';
  readonly since: number;
  readonly retryAt?: number;
  /** For people. */
  readonly reason: string;
}

/** What the router holds against upstreams. */
export interface CircuitBook {
  states(): readonly Circuit[];
  /** Closes every circuit of the upstream and forgets what was counted. */
  reset(upstreamId: string): void;
  /** Calls back for every circuit that opens, is probed or closes. Returns how to unsubscribe. */
  onChanged(listener: (upstreamId: string) => void): () => void;
}

/** Finds somebody to answer; looks like any other backend. */
export interface Router {
  infer(request: InferenceRequest, options: RouteOptions): AsyncIterable<InferenceChunk>;
  load(): RouterLoad;
  readonly circuits: CircuitBook;
}

/**
 * Sends a request to the upstreams that may answer it, the best first, until one delivers content. If
 * that one is lost afterwards, another one with the same weights goes on behind the last token; where
 * there is none, the failure ends the answer.
 */
export function createRouter(deps: RouterDeps): Router {
  const { directory, clock } = deps;
  const queue = new FairQueue<Placement>(clock);
  const reservations = new Reservations(clock);
  const wake = (): void => {
    queue.wake();
  };
  const { breakers, circuits } = createCircuits(clock);
  const placing: PlacingDeps = {
    ...{ directory, clock, reservations, wake },
    breakers,
    warmUps: new WarmUps(deps),
    strategyOf: deps.strategyOf,
    gatewayId: deps.gatewayId,
  };
  const shared: Omit<DispatchDeps, 'onRoute' | 'onPlaced' | 'offerNow' | 'weight'> = {
    ...{ clock, queue },
    timing: { ...defaultAttemptTiming, ...deps.timing },
    onChanged: newsOf(deps, wake),
    sent: deps.sent,
    failureOf: (upstream, thrown) => failureOf(deps, upstream, thrown),
  };

  return {
    async *infer(request, { signal, onRoute, tellsPlainRoutes, onPlaced, weight = 1 }) {
      checkHops(request.envelope, deps.gatewayId);
      const limited = withDeadline(clock, signal, request.envelope.deadlineAt);
      const record = new RouteRecord(clock, tellsPlainRoutes);
      const history = new History(clock);
      const choosing = new Placing(placing, record, history);
      const tellRoute = routeTeller(record, onRoute);
      const dispatch = new Dispatch(
        {
          ...shared,
          onPlaced,
          weight,
          onRoute: tellRoute,
          offerNow: offerReader(directory, request),
        },
        request,
        { signal: limited.signal, record, placing: choosing, history },
      );
      try {
        yield* dispatch.run();
      } finally {
        choosing.stopWaiting();
        limited.release();
        tellRoute();
      }
    },
    load: () => ({ answering: reservations.total, waiting: queue.size }),
    circuits,
  };
}

/** News of upstreams, for all who wait and for whoever subscribes. */
function newsOf(
  { directory, clock }: RouterDeps,
  wake: () => void,
): (listener: () => void) => () => void {
  const listeners = new Set<() => void>([wake]);
  directory.onChanged?.(
    coalesced(clock, lookEveryMs, () => {
      for (const listener of [...listeners]) listener();
    }),
  );
  return (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
}

function createCircuits(clock: Clock): {
  readonly breakers: Breakers;
  readonly circuits: CircuitBook;
} {
  const listeners = new Set<(upstreamId: string) => void>();
  const breakers = new Breakers(clock, (key) => {
    const { upstreamId } = ofBreakerKey(key);
    for (const listener of [...listeners]) listener(upstreamId);
  });
  const circuits: CircuitBook = {
    states: () =>
      breakers.states().map(({ key, ...state }) => ({ ...state, ...ofBreakerKey(key) })),
    reset(upstreamId) {
      for (const key of breakers.keys()) {
        if (ofBreakerKey(key).upstreamId === upstreamId) breakers.reset(key);
      }
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return { breakers, circuits };
}

/** Says nothing while there was nothing to choose. */
function routeTeller(record: RouteRecord, onRoute: RouteOptions['onRoute']): () => void {
  return () => {
    const decision = onRoute && record.decision();
    if (decision !== undefined) onRoute?.(decision);
  };
}

function offerReader(
  directory: UpstreamDirectory,
  request: InferenceRequest,
): (upstream: Upstream) => UpstreamOffer | undefined {
  return ({ id }) => directory.candidates(request).find((each) => each.id === id)?.offer;
}

/** The failure in words for the caller; what was ours to know is logged. */
function failureOf(deps: RouterDeps, upstream: Upstream, thrown: unknown): MillpondError {
  const error = MillpondError.from(thrown);
  if (error.code === 'cancelled') return error;
  const { id } = upstream;
  deps.onUpstreamFailed(id, error.code);
  if (error.code === 'internal') {
    deps.logger.error({ upstream: id, err: error.cause ?? error }, 'upstream failed');
  }
  if (error.code !== 'unauthenticated') return error;
  return new MillpondError('unavailable', `'${id}' refused our credentials`, { cause: error });
}
