import type { Clock } from '../../core/clock.ts';
import type { Caller } from '../../gateway/caller.ts';
import type { InferCall } from '../../gateway/inference-gateway.ts';
import type { Nodes } from '../../gateway/nodes/nodes.ts';
import type { People } from '../../gateway/people/create-people.ts';
import { wishesOf } from '../../gateway/wishes.ts';
import type { KnownMembership, TunnelGate } from '../../tunnel/ports.ts';

interface TunnelGateDeps {
  readonly gatewayId: string;
  readonly people: People;
  readonly nodes: Nodes;
  readonly infer: InferCall;
  readonly clock: Clock;
}

/** What the tunnel's server asks this gateway. */
export function createTunnelGate(deps: TunnelGateDeps): TunnelGate {
  const { gatewayId, people, nodes, infer, clock } = deps;
  return {
    gatewayId,
    ...people.gate,
    connected: nodes.connected,
    errorReported: nodes.errorReported,
    call: (member, { envelope, input }, { signal }) =>
      infer({
        requestId: envelope.requestId,
        model: envelope.model,
        input,
        caller: callerFor(member, people),
        signal,
        receivedAt: clock.now(),
        client: 'Millpond',
        path: 'tunnel',
        streamed: true,
        wishes: wishesOf(envelope),
        ...(envelope.deadlineAt !== undefined && { deadlineAt: envelope.deadlineAt }),
      }),
  };
}

/** A member's own gateway asks for its person: what they may do follows from the pool alone. */
function callerFor(member: KnownMembership, { scopes }: People): Caller {
  const { membershipId, personId, personName, poolId } = member;
  return {
    kind: 'member',
    ...{ membershipId, personId, poolId, name: personName },
    scope: scopes.of(personId, poolId),
    isIsolated: scopes.isIsolated(poolId),
  };
}
