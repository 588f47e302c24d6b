import { createMemberships } from '../../agent/memberships.ts';
import type { Memberships } from '../../agent/memberships.ts';
import { createNodeHost, hostBackend } from '../../agent/node-host.ts';
import type { KeepAwake, NearbyPools, OwnerSignals, SharedEngines } from '../../agent/ports.ts';
import { createSharing } from '../../agent/sharing.ts';
import type { Sharing } from '../../agent/sharing.ts';
import type { Clock } from '../../core/clock.ts';
import type { GatewayMachineSource } from '../../gateway/nodes/ports.ts';
import type { ConnectionRegister } from '../../platform/http/connection-register.ts';
import type { Logger } from '../../platform/logger.ts';
import type { FetchModels } from '../fetch-models.ts';
import type { Ground } from '../lay-ground.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { eitherHost } from './either-host.ts';
import { createMachineFacts, machineName } from './machine-facts.ts';
import { createRelayHost } from './relay-host.ts';
import type { RelayedGateway } from './relayed-gateway.ts';
import { createSharedEngines } from './shared-engines.ts';
import { createSharingSettings } from './sharing-settings.ts';
import { createTunnelPort } from './tunnel-port.ts';

interface NodeDeps {
  readonly ground: Ground;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly register: ConnectionRegister;
  readonly gatewayId: string;
  readonly fetching: () => Pick<FetchModels, 'start'>;
  readonly signals: OwnerSignals;
  readonly temperature: () => number | undefined;
  readonly keepAwake: KeepAwake;
  readonly nearby: NearbyPools;
  /** The pools held here, for a pool that this gateway is one machine of; undefined before it stands. */
  readonly relayed: () => RelayedGateway | undefined;
  /** A pool is held here: its visitors may ask this machine. */
  readonly holdsPools: () => boolean;
  /** Who has which name now; undefined before the gateway stands. */
  readonly people: () => Pick<People, 'person'> | undefined;
}

/** The owner may have another name than at the start: one is given with the first pool. */
const ownerName = ({ ground, people }: Pick<NodeDeps, 'ground' | 'people'>): string => {
  const { owner } = ground.storage;
  return people()?.person(owner.id)?.name ?? owner.name;
};

/** This machine as one that works for others. */
export interface MachineNode {
  readonly sharing: Sharing;
  readonly memberships: Memberships;
  /** What its engines hold, for others and for comparing it with other machines. */
  readonly engines: SharedEngines;
  /** This machine for the pools that are held here. */
  readonly own: GatewayMachineSource;
  /** Connects to every pool that was joined before, and begins to obey the rules. */
  start(): Promise<void>;
}

export function buildNode(deps: NodeDeps, lifecycle: Lifecycle): MachineNode {
  const { ground, clock, register, gatewayId, signals, keepAwake, nearby } = deps;
  const { settings, storage, engines, catalogue, library, machine, secrets, version } = ground;
  const log = deps.logger.child({ component: 'agent' });
  const shared = createSharedEngines({ engines, catalogue, library, fetching: deps.fetching });
  const facts = createMachineFacts({
    ...{ machine, settings, version },
    temperature: deps.temperature,
  });
  const sharing: Sharing = createSharing({
    settings: createSharingSettings(settings),
    ...{ signals, engines: shared, keepAwake, clock, log },
    contributions: storage.contributions,
    hasPools: () => memberships.isServing() || deps.holdsPools(),
  });
  ground.limitOthers(() => sharing.gpuRoomForOthers());
  const hostFor = (pool: {
    readonly poolId?: string;
    readonly isOffered: () => boolean;
    readonly onOfferedChanged?: (listener: () => void) => () => void;
    readonly onFault?: (error: unknown) => void;
  }) => createNodeHost({ machine: facts, engines: shared, sharing, ...pool });
  const relayFor = (poolId: string) =>
    createRelayHost({ machine: facts, gateway: deps.relayed, poolId, now: () => clock.now() });
  const memberships: Memberships = createMemberships({
    tunnel: createTunnelPort({ register, clock, logger: log, gatewayId }),
    store: storage.memberships,
    ...{ secrets, nearby, clock, log },
    hostFor: ({ offersPools, ...pool }) => {
      const isRelaying = (): boolean => offersPools() && pool.isOffered() && deps.holdsPools();
      return eitherHost(isRelaying, [relayFor(pool.poolId), hostFor(pool)]);
    },
    names: () => ({ personName: ownerName(deps), deviceName: machineName(settings) }),
    isOwnModel: (id) => library.models.find(id) !== undefined,
    onUsed: (tokens) => {
      sharing.noteUsed(tokens);
    },
  });
  memberships.onChanged(() => {
    sharing.poolsChanged();
  });
  return {
    ...{ sharing, memberships, engines: shared },
    own: createOwnMachine({ ...deps, host: hostFor({ isOffered: deps.holdsPools }) }),
    async start() {
      await sharing.start();
      lifecycle.started('sharing', () => sharing.stop());
      await memberships.start();
      lifecycle.started('memberships', () => memberships.stop());
    },
  };
}

/** The gateway's own machine under the same limits as any other: visitors reach it only so. */
function createOwnMachine(
  deps: NodeDeps & { readonly host: ReturnType<typeof createNodeHost> },
): GatewayMachineSource {
  const { host, ground } = deps;
  const { owner } = ground.storage;
  const backend = hostBackend(host);
  return {
    current() {
      const advert = host.advert();
      if (advert === undefined) return undefined;
      return {
        personId: owner.id,
        personName: ownerName(deps),
        ...{ advert, backend },
        load: host.load(),
        slots: host.slots(),
      };
    },
    onChanged(listener) {
      const ends = [host.onAdvertChanged(listener), host.onSlotsChanged(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
