import { MillpondError } from '../../core/error.ts';
import type { InferenceRequest, RequestEnvelope } from '../../core/inference.ts';
import { unmet } from '../pipeline/check-capabilities.ts';
import { unknownModel } from '../pipeline/resolve-model.ts';
import type { Upstream } from '../ports.ts';
import type { Exclusion } from './eligibility.ts';
import { machineOf } from './eligibility.ts';

/** An upstream that was looked at, and why it was left out. */
export interface Judged {
  readonly upstream: Upstream;
  readonly exclusion?: Exclusion;
}

/** When to come back for what is not there at the moment. */
const usualRetryMs = 5000;

/** Nobody may be asked: the one sentence that helps most, by what stands closest to an answer. */
export function nobodyEligible(
  { envelope, raw }: InferenceRequest,
  judged: readonly Judged[],
  pausedMs: (upstream: Upstream) => number,
): MillpondError {
  const kinds = new Set(judged.map(({ exclusion }) => exclusion?.kind));
  if (judged.length === 0) return nothingThere(envelope);
  if (kinds.has('paused')) return allPaused(envelope, judged, pausedMs);
  if (kinds.has('failed')) return nothingThere(envelope);
  if (kinds.has('context')) {
    return new MillpondError(
      'context-overflow',
      `The prompt is longer than the context of '${envelope.model}' on every machine that has it; shorten it`,
      { reason: 'context_length_exceeded' },
    );
  }
  if (kinds.has('state') || kinds.has('weights')) return nothingThere(envelope);
  if (kinds.has('capability')) {
    return new MillpondError(
      'unsupported-capability',
      `No machine that may answer with '${envelope.model}' supports what the request needs`,
      { reason: 'unsupported_capability' },
    );
  }
  if (kinds.has('dialect')) return nobodyUnderstands(envelope, raw);
  if (kinds.has('tools')) {
    return new MillpondError(
      'forbidden',
      `Only guests' machines have '${envelope.model}' at the moment, and requests with tools need a trusted one; ask without tools`,
      { param: 'tools' },
    );
  }
  if (kinds.has('privacy')) return tooPrivate(envelope);
  // Whoever names a machine that is not there learns nothing about machines that are.
  return unknownModel(`${envelope.model}@${envelope.pin ?? ''}`);
}

function nobodyUnderstands(
  { model }: RequestEnvelope,
  raw: InferenceRequest['raw'],
): MillpondError {
  const demand = raw?.demands[0];
  if (demand !== undefined) return unmet(demand);
  return new MillpondError(
    'unsupported-capability',
    `Nobody who has '${model}' takes this kind of request; name the model of a provider that does`,
    { param: 'model', reason: 'unsupported_capability' },
  );
}

function nothingThere({ model }: RequestEnvelope): MillpondError {
  return new MillpondError('unavailable', `Nothing can answer with '${model}' at the moment`, {
    retryAfterMs: usualRetryMs,
  });
}

function tooPrivate({ model, privacy, caller }: RequestEnvelope): MillpondError {
  if (privacy === 'trusted') {
    return new MillpondError(
      'forbidden',
      `Only guests' machines have '${model}' at the moment, and this prompt is for trusted ones; allow any machine with 'x-millpond-privacy: any', or try later`,
      { param: 'model' },
    );
  }
  return new MillpondError(
    'forbidden',
    caller === 'keyless'
      ? `'${model}' runs on another machine; that needs an API key`
      : `'${model}' runs on other machines only, and this prompt may not leave this one`,
    { param: 'model' },
  );
}

function allPaused(
  { model }: RequestEnvelope,
  judged: readonly Judged[],
  pausedMs: (upstream: Upstream) => number,
): MillpondError {
  const waits = judged
    .filter(({ exclusion }) => exclusion?.kind === 'paused')
    .map(({ upstream }) => pausedMs(upstream));
  return new MillpondError(
    'unavailable',
    `'${model}' failed several times in a row and is given a pause`,
    { retryAfterMs: Math.max(1000, Math.min(...waits)) },
  );
}

/** The caller does not want to wait for a model to be loaded. The load goes on. */
export function stillLoading(upstream: Upstream, { model }: RequestEnvelope): MillpondError {
  const node = machineOf(upstream);
  const { state, loadMs } = upstream.offer ?? {};
  const share = state?.phase === 'loading' ? state.share : 0;
  const percent = Math.round(share * 100);
  const retryAfterMs = Math.max(1000, Math.round((loadMs ?? usualLoadMs) * (1 - share)));
  const seconds = Math.ceil(retryAfterMs / 1000).toString();
  return new MillpondError(
    'unavailable',
    `'${model}' is being loaded on ${node} (${percent.toString()} %); try again in about ${seconds} s`,
    { reason: 'loading', retryAfterMs, loading: { node, phase: 'loading', percent } },
  );
}

/** How long a load takes of which nothing is known. */
const usualLoadMs = 15_000;

/** A gateway that asks itself would do so for ever. */
const maxHops = 8;

export function checkHops({ hops = [] }: RequestEnvelope, gatewayId: string | undefined): void {
  const isLoop = gatewayId !== undefined && hops.includes(gatewayId);
  if (!isLoop && hops.length < maxHops) return;
  throw new MillpondError(
    'conflict',
    isLoop
      ? 'This request came back to a gateway that it had passed: two pools ask each other, so leave one of them'
      : `This request has passed ${hops.length.toString()} gateways, which is as far as one may go`,
    { reason: 'loop' },
  );
}

/** Nobody waits any more. */
export function tooLate(cause?: unknown): MillpondError {
  return new MillpondError('unavailable', 'The answer took too long; stream it, or try later', {
    retryAfterMs: 30_000,
    ...(cause !== undefined && { cause }),
  });
}

/** So many wait already that one more would wait for nothing. */
export function lineIsFull(size: number, etaMs: number | undefined): MillpondError {
  const retryAfterMs = Math.max(1000, etaMs ?? usualRetryMs);
  return new MillpondError(
    'overloaded',
    `${size > 0 ? size.toString() : 'Too many'} requests wait already; try again in ${Math.ceil(retryAfterMs / 1000).toString()} s`,
    { retryAfterMs, reason: 'queue-full' },
  );
}
