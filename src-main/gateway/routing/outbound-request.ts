import type { InferenceRequest } from '../../core/inference.ts';
import { isPinned } from './eligibility.ts';
import type { RankedUpstream } from './expected-time/ranking.ts';

/**
 * As the upstream gets it: what only we decide by stays here, our name goes along, and the caller's own
 * bytes where it speaks their dialect.
 */
export function outboundRequest(
  marked: InferenceRequest,
  { upstream, expected }: RankedUpstream,
  gatewayId: string | undefined,
): InferenceRequest {
  const slot = expected?.slot;
  const { pools: _pools, isVisitor: _isVisitor, pin, hops = [], ...envelope } = marked.envelope;
  const { affinity, onColdStart, providers: _providers, ...toNode } = envelope;
  const isAway = upstream.kind === 'node' || upstream.kind === 'pool';
  const choosesItself = upstream.kind === 'pool';
  const keepsPin = pin !== undefined && !isPinned(upstream, pin);
  const { raw } = marked;
  const keepsRaw = raw !== undefined && upstream.speaks?.includes(raw.dialect) === true;
  return {
    input: marked.input,
    ...(keepsRaw && { raw }),
    envelope: {
      ...toNode,
      ...(choosesItself && affinity !== undefined && { affinity }),
      ...(choosesItself && onColdStart !== undefined && { onColdStart }),
      ...(slot !== undefined && { slot }),
      ...(keepsPin && { pin }),
      ...(isAway && gatewayId !== undefined && { hops: [...hops, gatewayId] }),
    },
  };
}
