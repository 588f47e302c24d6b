import { hostname } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../../core/http.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { ConnectionRegister } from '../../platform/http/connection-register.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import { openMdns } from '../../tunnel/nearby/mdns.ts';
import { Nearby } from '../../tunnel/nearby/nearby.ts';
import { ReachWatch } from '../../tunnel/reach/reach.ts';
import { createRouterMapper } from '../../tunnel/reach/router-mapper.ts';
import { readDefaultRouter, readOwnAddresses } from './network-facts.ts';
import type { PublicDoor } from './public-door.ts';

interface ReachParts {
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly register: ConnectionRegister;
  readonly http: HttpClient;
  readonly programs: ProgramLauncher;
  readonly version: string;
  readonly spki: string;
  readonly gatewayName: () => string;
  /** Known once the gateway stands. */
  readonly people: () => People | undefined;
  readonly door: () => PublicDoor | undefined;
  /**
   * Tests and networks that nobody may speak to unasked: no router is asked, nothing is announced and
   * nobody is looked for, whatever the settings say.
   */
  readonly isQuiet: boolean;
}

export interface BuiltReach {
  readonly watch: ReachWatch;
  readonly nearby: Nearby;
  /** Follows settings, pools and networks from now on. Returns how to stop. */
  start(): () => Promise<void>;
}

/** Whether others can come in here, and who else is on this network. */
export function buildReach(parts: ReachParts): BuiltReach {
  const watch = buildWatch(parts);
  const nearby = buildNearby(parts);
  return { watch, nearby, start: () => follow(parts, watch, nearby) };
}

function buildWatch({ settings, isQuiet, ...parts }: ReachParts): ReachWatch {
  const { clock, register, http, programs } = parts;
  const logger = parts.logger.child({ component: 'reach' });
  return new ReachWatch({
    ...{ clock, logger, interfaces: readOwnAddresses, hostName: hostname() },
    settings() {
      const { publicAddress, mapPort, localOnly } = settings.current();
      return { publicAddress, localOnly, mapPort: mapPort && !isQuiet };
    },
    port: () => parts.door()?.port,
    mapper: createRouterMapper({
      ...{ http, logger },
      defaultRouter: (signal) => readDefaultRouter(programs, signal),
      admit: (host) => void register.admit({ host, isLoopback: false }, 'pool'),
    }),
  });
}

function buildNearby({ settings, people, isQuiet, ...parts }: ReachParts): Nearby {
  const { clock, version, spki } = parts;
  return new Nearby({
    ...{ clock, openMdns, ownSpki: spki },
    logger: parts.logger.child({ component: 'nearby' }),
    announcement() {
      const { announcePools, localOnly } = settings.current();
      const port = parts.door()?.port;
      const known = people();
      const [pool] = known?.pools.list() ?? [];
      const isSilent = isQuiet || localOnly || !announcePools;
      if (isSilent || port === undefined || pool === undefined) return undefined;
      const ownerName = known?.person(known.ownerId)?.name ?? '';
      const gatewayName = parts.gatewayName();
      return { poolName: pool.name, ownerName, gatewayName, version, spki, port };
    },
    mayFind() {
      const { findPools, localOnly } = settings.current();
      return !isQuiet && !localOnly && findPools;
    },
  });
}

function follow(
  { settings, people, door }: ReachParts,
  watch: ReachWatch,
  nearby: Nearby,
): () => Promise<void> {
  let before = '';
  let names = watch.names().join();
  const apply = (): void => {
    const { publicAddress, mapPort, localOnly } = settings.current();
    const wish = JSON.stringify([publicAddress, mapPort, localOnly, door()?.port]);
    if (wish !== before) void watch.look();
    before = wish;
    void nearby.refresh();
  };
  const moved = (): void => {
    const next = watch.names().join();
    if (next === names) return;
    names = next;
    void door()?.namesChanged();
    void nearby.networkChanged();
  };
  const ends = [
    settings.onChanged(apply),
    watch.onChanged(moved),
    door()?.onChanged(apply),
    people()?.onChanged(() => void nearby.refresh()),
  ];
  watch.start();
  apply();
  return async () => {
    for (const end of ends) end?.();
    await Promise.all([watch.stop(), nearby.stop()]);
  };
}
