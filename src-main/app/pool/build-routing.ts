import type { LiveRequests } from '../../gateway/activity/live-requests.ts';
import { createCanaries } from '../../gateway/canaries/create-canaries.ts';
import { ProofBook } from '../../gateway/canaries/proof-book.ts';
import { createNodes } from '../../gateway/nodes/create-nodes.ts';
import type { NodesDeps } from '../../gateway/nodes/create-nodes.ts';
import type { Nodes } from '../../gateway/nodes/nodes.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { UpstreamDirectory } from '../../gateway/ports.ts';
import { createExpectedTime } from '../../gateway/routing/expected-time/expected-time.ts';
import { createRouter } from '../../gateway/routing/router.ts';
import type { Router } from '../../gateway/routing/router.ts';
import { createStrategies } from '../../gateway/routing/strategies.ts';
import type { Logger } from '../../platform/logger.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { createUpstreams } from '../upstreams.ts';
import { createLiveAsks } from './live-asks.ts';
import { createNodesPeople } from './nodes-people.ts';

interface RoutingDeps {
  readonly deps: GatewayDeps;
  readonly people: People;
  readonly requests: Pick<LiveRequests, 'asks'>;
  readonly logger: Logger;
  /** Cloud providers' models. */
  readonly providers: UpstreamDirectory;
  /** What the owner of a machine earns for an answer of theirs. */
  readonly creditMicros: NonNullable<NodesDeps['creditMicros']>;
  readonly onUpstreamFailed: (upstream: string, code: string) => void;
}

export interface Routing {
  readonly nodes: Nodes;
  readonly directory: UpstreamDirectory;
  readonly router: Router;
  /** Stops canaries and writes what is left of the books. */
  close(): Promise<void>;
}

/** Machines of pools, what they proved, and the router over all that can answer. */
export async function buildRouting(routing: RoutingDeps): Promise<Routing> {
  const { deps, people, requests, logger, onUpstreamFailed } = routing;
  const { clock, pool, stores } = deps;
  const expectedTime = createExpectedTime({ clock });
  const proofs = new ProofBook({
    ...{ clock, logger, store: stores.nodes.proofs },
    stored: await stores.nodes.proofs.list(),
    isOwn: (machineId) => people.devices.find(machineId)?.trust === 'own',
  });
  const nodesPeople = createNodesPeople(people);
  const nodes = await createNodes({
    ...{ clock, logger, proofs, stores: stores.nodes },
    creditMicros: routing.creditMicros,
    people: nodesPeople,
    rates: expectedTime.rates,
    asks: createLiveAsks(requests),
    gatewayMachine: pool.ownMachine,
    isSettlementOff: deps.chaos?.isSettlementOff ?? false,
  });
  const stopForgetting = nodesPeople.onMembershipEnded((machineId) => {
    expectedTime.gone(machineId);
  });
  const stopCanaries = createCanaries({
    ...{ clock, logger, proofs, fleet: nodes.canaries },
    random: Math.random,
    onQuarantined: ({ machineId, machine, person, poolId, model }, reason) => {
      nodes.happened({
        ...{ poolId, machineId, machine, person, reason },
        kind: 'machine-quarantined',
        model: model.id,
      });
    },
  });
  const directory = createUpstreams({
    own: deps.directory,
    nodes: nodes.directory,
    joined: pool.joined,
    providers: routing.providers,
    digestOf: pool.digestOf,
  });
  const strategyOf = createStrategies({
    expectedTime,
    nameOf: (poolId) =>
      (poolId === undefined ? undefined : people.pools.find(poolId)?.strategy) ?? 'expected-time',
  });
  const router = createRouter({
    ...{ directory, clock, logger, onUpstreamFailed },
    gatewayId: pool.identity.gatewayId,
    strategyOf,
    sent: (request, choice) => expectedTime.sent(request, choice),
  });
  return {
    ...{ nodes, directory, router },
    async close() {
      stopForgetting();
      stopCanaries();
      await nodes.close();
    },
  };
}
