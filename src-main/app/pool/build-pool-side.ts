import type { StartMode } from '../../contract/system.ts';
import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../../core/http.ts';
import type { People } from '../../gateway/people/create-people.ts';
import { openGatewayIdentity } from '../../gateway/people/gateway-identity.ts';
import { createKeepAwake } from '../../hardware/owner/keep-awake.ts';
import type { ConnectionRegister } from '../../platform/http/connection-register.ts';
import type { Logger } from '../../platform/logger.ts';
import type { PoolHosting } from '../control/pool-handlers.ts';
import type { Gateway } from '../build-gateway.ts';
import type { PoolSide } from '../gateway-deps.ts';
import { refuseInMode } from '../start-mode.ts';
import type { PoolServerOptions } from '../build-runtime.ts';
import type { FetchModels } from '../fetch-models.ts';
import type { Ground } from '../lay-ground.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { buildNode } from './build-node.ts';
import type { MachineNode } from './build-node.ts';
import { buildReach } from './build-reach.ts';
import type { BuiltReach } from './build-reach.ts';
import { certificateFilesOf } from './certificate-files.ts';
import { createHosting } from './hosting.ts';
import { proxySite } from './proxy-listen.ts';
import { createJoinedUpstreams } from './joined-upstreams.ts';
import { machineName } from './machine-facts.ts';
import type { RelayedGateway } from './relayed-gateway.ts';
import { createMachineSignals } from './machine-signals.ts';

interface PoolSideDeps {
  readonly ground: Ground;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly register: ConnectionRegister;
  readonly fetching: () => Pick<FetchModels, 'start'>;
  /** Known once it is built; nothing here asks it before. */
  readonly gateway: () => Gateway;
  /** The people of that gateway, as soon as they are known. */
  readonly people: () => People | undefined;
  readonly relayed: () => RelayedGateway | undefined;
  /** Speaks to the router of this network. */
  readonly http: HttpClient;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Nobody sits at this machine: its public port shows the set-up until the owner has a password. */
  readonly isHeadless: boolean;
  /** Only a normal start serves others and connects to them. */
  readonly mode: StartMode;
  /** On such a machine: the first pool, and the public port in place of the settings'. */
  readonly pool?: PoolServerOptions | undefined;
}

export interface BuiltPoolSide {
  readonly side: PoolSide;
  readonly node: MachineNode;
  /** Something else is known about who can come in. */
  onReachChanged(listener: () => void): () => void;
  /** Made once the gateway stands. */
  hosting(): PoolHosting;
  /** Opens the public port where there is somebody to let in, then connects to joined pools. */
  start(): Promise<void>;
}

/** This machine in pools: those that it holds and those that it has joined. */
export async function buildPoolSide(
  deps: PoolSideDeps,
  lifecycle: Lifecycle,
): Promise<BuiltPoolSide> {
  const { ground, clock, logger, isHeadless } = deps;
  const { settings, storage, secrets, library } = ground;
  const identity = await openGatewayIdentity({ store: storage.gatewayIdentity, secrets, clock });
  const holdsPools = (): boolean => (deps.people()?.pools.list().length ?? 0) > 0;
  const gatewayName = (): string => machineName(settings);
  const reach = buildOwnReach(deps, { spki: identity.spki, gatewayName });
  const site = deps.pool?.proxy && proxySite(deps.pool.proxy);
  const node = buildOwnNode(
    deps,
    { gatewayId: identity.gatewayId, holdsPools, nearby: reach.nearby },
    lifecycle,
  );
  const open = (): Promise<void> => openDoor(deps);
  const side: PoolSide = {
    ...{ identity, gatewayName, isHeadless },
    publicNames: () => publicNamesOf(deps, reach, site?.name),
    certificateFiles: () => deps.pool?.certificate ?? certificateFilesOf(settings.current()),
    ...(site && { proxy: site.listen }),
    onArrival: (arrival) => {
      reach.watch.seen(arrival);
    },
    ownMachine: node.own,
    ...joinedSide(node, ground),
    digestOf: (id) => library.models.find(id)?.digest,
    async beforeFirstPool() {
      await open();
      await settings.update({ keyless: false });
    },
  };
  return {
    ...{ side, node },
    onReachChanged: (listener) => reach.watch.onChanged(listener),
    hosting() {
      const { people, door } = deps.gateway();
      people.onChanged(() => {
        node.sharing.poolsChanged();
      });
      return createHosting({
        ...{ people, door, identity, settings, gatewayName, site, watch: reach.watch },
        staysOpen: isHeadless,
      });
    },
    async start() {
      if (deps.mode !== 'normal') return;
      if (isHeadless || holdsPools()) await open().catch(failedToOpen(deps));
      if (deps.pool !== undefined && !holdsPools()) {
        const name = deps.pool.name ?? gatewayName();
        // Until its owner has a password, strangers get nothing but the set-up.
        await deps.gateway().people.pools.start({ name, isSetUpLater: isHeadless });
      }
      lifecycle.started('ways in', reach.start());
      await node.start();
      logger.debug({ gatewayId: identity.gatewayId }, 'pools are served');
    },
  };
}

async function openDoor({ mode, gateway, pool, ground }: PoolSideDeps): Promise<void> {
  refuseInMode(mode, 'no pool is open to others');
  await gateway().door.open(pool?.port ?? ground.settings.current().poolPort);
}

/** Pools that this app has joined, as its gateway asks them. */
function joinedSide(
  { memberships }: MachineNode,
  { library, startedAt }: Ground,
): Pick<PoolSide, 'joined' | 'joinedPools'> {
  const isOwnModel = (id: string): boolean => library.models.find(id) !== undefined;
  return {
    joined: createJoinedUpstreams({ memberships, isOwnModel, startedAt }),
    joinedPools: {
      ids: () => memberships.upstreams().map(({ poolId }) => poolId),
      onChanged: (listener) => memberships.onChanged(listener),
    },
  };
}

/** A taken port must not keep the owner from their own machine; a server without a window is no use then. */
function failedToOpen({ isHeadless, logger }: PoolSideDeps) {
  return (error: unknown): void => {
    if (isHeadless) throw error;
    logger.error({ err: error }, 'the public port of the pools could not be opened');
  };
}

/** The proxy's name, those of the owner's certificate, and what the network knows this machine by. */
function publicNamesOf(
  deps: PoolSideDeps,
  { watch }: BuiltReach,
  proxy: string | undefined,
): readonly string[] {
  const ofCertificate = doorOf(deps)?.certificate?.names ?? [];
  return [...(proxy === undefined ? [] : [proxy]), ...ofCertificate, ...watch.names()];
}

/** Undefined until the gateway stands. */
function doorOf({ people, gateway }: PoolSideDeps): Gateway['door'] | undefined {
  return people() === undefined ? undefined : gateway().door;
}

function buildOwnReach(
  deps: PoolSideDeps,
  about: { readonly spki: string; readonly gatewayName: () => string },
): BuiltReach {
  const { ground, environment } = deps;
  const { settings, processes, version } = ground;
  return buildReach({
    ...{ ...deps, ...about, settings, version, programs: processes.programs },
    door: () => doorOf(deps),
    isQuiet: environment['MILLPOND_QUIET_NETWORK'] === '1',
  });
}

/** This machine as one that works for others, with all that its rules look at. */
function buildOwnNode(
  deps: PoolSideDeps,
  about: Pick<Parameters<typeof buildNode>[0], 'gatewayId' | 'holdsPools' | 'nearby'>,
  lifecycle: Lifecycle,
): MachineNode {
  const { ground, clock, environment } = deps;
  const { machine, engines, processes } = ground;
  const { programs } = processes;
  const signals = createMachineSignals({
    ...{ machine, engines, programs, environment, clock },
    isOwnProcess: (pid) => processes.isOwn(pid),
  });
  return buildNode(
    {
      ...{ ...deps, ...about, signals },
      relayed: deps.relayed,
      keepAwake: createKeepAwake({ platform: process.platform, launcher: programs }),
      temperature: () => {
        const { celsius } = signals.readings();
        return celsius?.isKnown === true ? celsius.value : undefined;
      },
    },
    lifecycle,
  );
}
