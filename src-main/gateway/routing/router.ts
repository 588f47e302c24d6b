import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { RouteDecision } from '../../contract/activity.ts';
import type { InferenceChunk, InferenceRequest, InferOptions } from '../../core/inference.ts';
import type { Logger } from '../../platform/logger.ts';
import { isContent } from '../pipeline/meter.ts';
import type { Upstream, UpstreamDirectory } from '../ports.ts';
import { Breakers } from './breaker.ts';
import type { BreakerPermit } from './breaker.ts';
import { untilAborted } from './until-aborted.ts';

interface RouterDeps {
  readonly directory: UpstreamDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told about every failure that was an upstream's fault. */
  readonly onUpstreamFailed: (upstream: string, code: string) => void;
}

export interface RouteOptions extends InferOptions {
  /** Told why one machine was chosen, each time that something new is known about it. */
  readonly onRoute?: (decision: RouteDecision) => void;
}

/** Finds somebody to answer; looks like any other backend. */
export interface Router {
  infer(request: InferenceRequest, options: RouteOptions): AsyncIterable<InferenceChunk>;
}

/** Upstreams tried for one request before its last failure is passed on. */
const maxAttempts = 4;

/**
 * Sends a request to the upstreams that may answer it, one after the other, until one delivers
 * content. From then on there is no way back: a later failure ends the answer.
 */
export function createRouter(deps: RouterDeps): Router {
  const breakers = new Breakers(deps.clock);
  return {
    async *infer(request, { signal }) {
      const candidates = allowedCandidates(deps.directory, request);
      let attempts = 0;
      let lastFailure: MillpondError | undefined;
      for (const upstream of candidates) {
        if (attempts === maxAttempts) break;
        const permit = breakers.tryEnter(breakerKey(upstream, request));
        if (permit === undefined) continue;
        attempts += 1;
        const attempt = new Attempt(upstream, permit, deps);
        try {
          yield* attempt.run(request, signal);
          return;
        } catch (thrown) {
          lastFailure = attempt.failureOf(thrown);
          if (attempt.isCommitted || signal.aborted || lastFailure.retry !== 'elsewhere') {
            throw lastFailure;
          }
        }
      }
      throw lastFailure ?? allPaused(breakers, candidates, request);
    },
  };
}

/** One upstream tried once. Holds the head back until content follows it. */
class Attempt {
  isCommitted = false;
  private readonly upstream: Upstream;
  private readonly permit: BreakerPermit;
  private readonly deps: RouterDeps;

  constructor(upstream: Upstream, permit: BreakerPermit, deps: RouterDeps) {
    this.upstream = upstream;
    this.permit = permit;
    this.deps = deps;
  }

  async *run(
    request: InferenceRequest,
    signal: AbortSignal,
  ): AsyncGenerator<InferenceChunk, void, undefined> {
    let head: InferenceChunk | undefined;
    let outcome: () => void = () => {
      this.permit.released();
    };
    try {
      const source = this.upstream.backend.infer(request, { signal });
      for await (const chunk of untilAborted(source, signal)) {
        if (!this.isCommitted && !isContent(chunk)) {
          head = chunk;
          continue;
        }
        this.isCommitted = true;
        if (head !== undefined) {
          yield head;
          head = undefined;
        }
        yield chunk;
      }
      if (!this.isCommitted) {
        throw new MillpondError('unavailable', 'The engine ended without an answer');
      }
      outcome = this.permit.succeeded;
    } catch (thrown) {
      const error = MillpondError.from(thrown);
      if (!signal.aborted)
        outcome = () => {
          this.permit.failed(error.code);
        };
      throw thrown;
    } finally {
      outcome();
    }
  }

  /** The failure in words for the caller; what was ours to know is logged. */
  failureOf(thrown: unknown): MillpondError {
    const error = MillpondError.from(thrown);
    if (error.code === 'cancelled') return error;
    const { id } = this.upstream;
    this.deps.onUpstreamFailed(id, error.code);
    if (error.code === 'internal') {
      this.deps.logger.error({ upstream: id, err: error.cause ?? error }, 'upstream failed');
    }
    if (error.code !== 'unauthenticated') return error;
    return new MillpondError('unavailable', `'${id}' refused our credentials`, { cause: error });
  }
}

/** Who may see this prompt: a caller that proved nothing reaches what stays on this machine only. */
function allowedCandidates(
  directory: UpstreamDirectory,
  request: InferenceRequest,
): readonly Upstream[] {
  const { model, privacy } = request.envelope;
  const candidates = directory.candidates(request);
  if (candidates.length === 0) {
    throw new MillpondError('unavailable', `Nothing can answer with '${model}' at the moment`, {
      retryAfterMs: 5000,
    });
  }
  const allowed = candidates.filter(
    (upstream) => privacy !== 'this-machine' || staysHere(upstream),
  );
  if (allowed.length === 0) {
    throw new MillpondError(
      'forbidden',
      `'${model}' runs on another machine; that needs an API key`,
      {
        param: 'model',
      },
    );
  }
  return allowed;
}

function allPaused(
  breakers: Breakers,
  candidates: readonly Upstream[],
  request: InferenceRequest,
): MillpondError {
  const waits = candidates.map((upstream) => breakers.waitMs(breakerKey(upstream, request)));
  return new MillpondError(
    'unavailable',
    `'${request.envelope.model}' failed several times in a row and is given a pause`,
    { retryAfterMs: Math.max(1000, Math.min(...waits)) },
  );
}

function breakerKey(upstream: Upstream, request: InferenceRequest): string {
  return `${upstream.id}\n${upstream.epoch ?? ''}\n${request.envelope.model}`;
}

function staysHere({ kind, staysHere = kind === 'local' }: Upstream): boolean {
  return staysHere;
}
