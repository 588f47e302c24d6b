import type { InferenceRequest } from '../../core/inference.ts';
import { callerScope } from '../caller.ts';
import type { RequestContext } from '../pipeline/pipeline.ts';
import type { UpstreamDirectory } from '../ports.ts';
import type { PricedCandidate } from './ports.ts';

/** Who might answer a request, as far as limits reckon with them. Read only where a limit needs it. */
export interface Candidates {
  /** For the price that is reserved. */
  priced(context: RequestContext): readonly PricedCandidate[];
  /** The longest context that any of them has; undefined where one does not say. */
  contextLength(context: RequestContext): number | undefined;
}

/** Everybody whom the router may ask: of an alias, those of each member. */
export function candidatesIn(directory: UpstreamDirectory): Candidates {
  return {
    priced: (context) =>
      requestsOf(context, directory).flatMap((request) =>
        directory.candidates(request).map(({ kind, machine, id }) => ({
          model: request.envelope.model,
          ...(kind === 'provider' && { provider: machine ?? id }),
        })),
      ),
    contextLength: (context) => {
      const lengths = requestsOf(context, directory)
        .flatMap((request) => directory.candidates(request))
        .map(({ offer }) => offer?.contextLength ?? Infinity);
      const longest = Math.max(...lengths);
      return Number.isFinite(longest) ? longest : undefined;
    },
  };
}

function requestsOf(
  { request, caller, alias }: RequestContext,
  directory: UpstreamDirectory,
): readonly InferenceRequest[] {
  if (alias === undefined) return [request];
  return alias.members.flatMap((member) => {
    const resolved = directory.resolve(member.model, callerScope(caller));
    if (resolved === undefined) return [];
    const { id: model, pin } = resolved;
    const envelope = { ...request.envelope, model, ...(pin !== undefined && { pin }) };
    return [{ ...request, envelope }];
  });
}
