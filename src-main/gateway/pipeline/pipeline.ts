import type { RouteDecision } from '../../contract/activity.ts';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import type { Caller } from '../caller.ts';
import type { ModelAlias } from '../ports.ts';

/** One request on its way through the gateway. */
export interface RequestContext {
  /** Stages replace it when they decide something, such as the model behind an alias. */
  readonly request: InferenceRequest;
  readonly caller: Caller;
  /** Aborted when the caller left, the owner ended the request or its time is over. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** What the client says it is: the first product of its User-Agent. */
  readonly client: string;
  readonly path: string;
  readonly streamed: boolean;
  /** Told why one machine was chosen, each time that something new is known about it. */
  readonly onRoute?: (decision: RouteDecision) => void;
  /** Where the name was an alias: `request` names it, until a member takes its place. */
  readonly alias?: ModelAlias;
  /** Told whenever the request has left the line for a place. */
  readonly onPlaced?: () => void;
  /** `onRoute` is told also of routes without any choice. */
  readonly tellsPlainRoutes?: boolean;
  /** By which its caller recognises a request that it sends once more. */
  readonly idempotencyKey?: string;
}

/** The rest of the pipeline, as a stage sees it. */
export type Next = (context: RequestContext) => AsyncIterable<InferenceChunk>;

/** Admission before `next`, settlement in `finally`. A stage that refuses throws a `MillpondError`. */
export interface PipelineStage {
  readonly name: string;
  run(context: RequestContext, next: Next): AsyncIterable<InferenceChunk>;
}

/** Chains the stages in the given order in front of `last`. */
export function composePipeline(stages: readonly PipelineStage[], last: Next): Next {
  return stages.reduceRight<Next>((next, stage) => (context) => stage.run(context, next), last);
}

/** The same context with other envelope fields. */
export function withEnvelope(
  context: RequestContext,
  fields: Partial<InferenceRequest['envelope']>,
): RequestContext {
  const { request } = context;
  return {
    ...context,
    request: { ...request, envelope: { ...request.envelope, ...fields } },
  };
}
