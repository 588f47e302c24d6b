import type { Clock } from '../core/clock.ts';
import type {
  CanonicalInput,
  InferenceChunk,
  RawRequest,
  RequestEnvelope,
} from '../core/inference.ts';
import type { LiveRequests } from './activity/live-requests.ts';
import { walkAlias } from './aliases/walk-alias.ts';
import type { Caller } from './caller.ts';
import { callerPriority, callerPrivacy, callerQueue, callerScope, callerTenant } from './caller.ts';
import type { GatewayMetrics } from './metrics.ts';
import { checkCapabilities } from './pipeline/check-capabilities.ts';
import { meter } from './pipeline/meter.ts';
import { composePipeline } from './pipeline/pipeline.ts';
import type { PipelineStage } from './pipeline/pipeline.ts';
import { resolveModel } from './pipeline/resolve-model.ts';
import { trace } from './pipeline/trace.ts';
import type { UpstreamDirectory } from './ports.ts';
import type { Router } from './routing/router.ts';
import type { Wishes } from './wishes.ts';

/** What an authenticated caller asks, before the gateway decided anything about it. */
export interface Ask {
  /** UUIDv7. */
  readonly requestId: string;
  /** As the caller spelled it: an id or an alias. */
  readonly model: string;
  readonly input: CanonicalInput;
  readonly caller: Caller;
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** What the client says it is. */
  readonly client: string;
  readonly path: string;
  readonly streamed: boolean;
  /** Epoch milliseconds after which nobody waits any more. */
  readonly deadlineAt?: number;
  /** What the request says about itself; obeyed as far as its caller may. */
  readonly wishes?: Wishes;
  /** The request as it came, for upstreams that speak the same dialect. */
  readonly raw?: RawRequest;
  /** By which its caller recognises a request that it sends once more. */
  readonly idempotencyKey?: string;
}

/** The one way to an answer, for HTTP callers and for the window's chats alike. */
export type InferCall = (ask: Ask) => AsyncIterable<InferenceChunk>;

interface InferenceGatewayDeps {
  /** What names mean for a caller, aliases included. */
  readonly directory: UpstreamDirectory;
  /** Stages between a name that was understood and its answer, in order. */
  readonly admission?: readonly PipelineStage[];
  /** Stages for each model that is asked, also where it is a member of an alias, in order. */
  readonly perModel?: readonly PipelineStage[];
  readonly router: Router;
  /** How much sooner a person is served in a pool that thanks who gives; nobody's is more if absent. */
  readonly queueWeight?: (poolId: string, personId: string) => number;
  readonly requests: LiveRequests;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
}

/**
 * trace ▸ resolve name ▸ admission (answer cache, limits) ▸ meter ▸ members of an alias [ limits of the
 * model ▸ capabilities ▸ router ]. Callers were authenticated before.
 */
export function createInferenceGateway(deps: InferenceGatewayDeps): InferCall {
  const run = composePipeline(
    [
      trace(deps.requests),
      resolveModel(deps.directory),
      ...(deps.admission ?? []),
      meter(deps.metrics, deps.clock),
      walkAlias(deps.directory, deps.clock),
      ...(deps.perModel ?? []),
      checkCapabilities(deps.directory),
    ],
    ({ request, signal, onRoute, onPlaced, tellsPlainRoutes, caller: { poolId, personId } }) =>
      deps.router.infer(request, {
        signal,
        ...(onRoute !== undefined && { onRoute }),
        ...(onPlaced !== undefined && { onPlaced }),
        ...(tellsPlainRoutes !== undefined && { tellsPlainRoutes }),
        ...(poolId !== undefined && { weight: deps.queueWeight?.(poolId, personId) ?? 1 }),
      }),
  );
  return ({ input, raw, signal, caller, receivedAt, client, path, streamed, ...ask }) =>
    run({
      ...(ask.idempotencyKey !== undefined && { idempotencyKey: ask.idempotencyKey }),
      request: { envelope: envelopeOf(ask, caller), input, ...(raw && { raw }) },
      caller,
      signal,
      receivedAt,
      client,
      path,
      streamed,
    });
}

/**
 * What the caller may do: whose prompts may share a cache, whose machines may answer, where the request
 * stands in line. It follows from who asks; of what a request says about itself only its wishes count.
 */
function envelopeOf(
  { requestId, model, deadlineAt, wishes = {} }: AskedEnvelope,
  caller: Caller,
): RequestEnvelope {
  const scope = callerScope(caller);
  return {
    ...wishes,
    requestId,
    model,
    tenant: callerTenant(caller),
    caller: callerQueue(caller),
    priority: callerPriority(caller),
    privacy: callerPrivacy(caller, wishes.privacy),
    marks: [],
    ...(scope.pools.length > 0 && { pools: scope.pools }),
    ...(scope.isVisitor === true && { isVisitor: true }),
    ...(scope.providers !== undefined && { providers: scope.providers }),
    ...(deadlineAt !== undefined && { deadlineAt }),
  };
}

type AskedEnvelope = Pick<Ask, 'requestId' | 'model' | 'deadlineAt' | 'wishes'>;
