import { join } from 'node:path';
import { buildGateway } from '../../app/build-gateway.ts';
import type { Gateway } from '../../app/build-gateway.ts';
import type { GatewayDeps } from '../../app/gateway-deps.ts';
import { buildStorage } from '../../app/build-storage.ts';
import type { Clock } from '../../core/clock.ts';
import { openGatewayIdentity } from '../../gateway/people/gateway-identity.ts';
import type { GatewayIdentity } from '../../gateway/people/gateway-identity.ts';
import { createLog } from '../../platform/logger.ts';
import { createSecretStore } from '../../platform/secret-store.ts';
import { directoryOf, fixtureHandlers, nothingOutside } from '../gateway-fixture.ts';
import { noPools } from '../no-pools.ts';

export interface PoolGatewayOptions {
  /** Database, keys and log; opened again it is the same gateway. */
  readonly folder: string;
  readonly clock: Clock;
  /** Of the public port; 0, the usual, picks a free one. */
  readonly publicPort?: number;
  /** What this machine answers itself; nothing if absent. */
  readonly directory?: GatewayDeps['directory'];
  /** Another pace of the tunnel than the product's, and builds with a mistake. */
  readonly chaos?: GatewayDeps['chaos'];
}

/** A gateway that listens on loopback and on its public port. */
export interface StartedGateway {
  readonly gateway: Gateway;
  readonly identity: GatewayIdentity;
  readonly ownerId: string;
  /** Loopback port of the OpenAI address. */
  readonly httpPort: number;
  close(): Promise<void>;
}

const projectSource = join(import.meta.dirname, '..', '..');

/** The program's own gateway with its database, as the product builds it, without engines and without a pool. */
export async function startPoolGateway(options: PoolGatewayOptions): Promise<StartedGateway> {
  const { folder, clock, publicPort = 0, chaos } = options;
  const storage = await buildStorage({
    file: join(folder, 'millpond.db'),
    workerFile: join(projectSource, 'database-worker.ts'),
    now: clock.now(),
  });
  const secrets = createSecretStore({ folder });
  const identity = await openGatewayIdentity({ store: storage.gatewayIdentity, secrets, clock });
  const log = createLog({ folder: join(folder, 'logs') });
  const openDoor = (): Promise<void> => gateway.door.open(publicPort);
  const gateway: Gateway = await buildGateway({
    directory: options.directory ?? directoryOf([], []),
    stores: {
      ...storage.gateway,
      people: storage.people,
      audit: storage.audit,
      alerts: storage.alerts,
      nodes: storage.nodes,
    },
    outside: nothingOutside,
    pool: {
      ...noPools,
      identity,
      gatewayName: () => 'mill',
      publicNames: () => ['localhost', '127.0.0.1'],
      beforeFirstPool: openDoor,
    },
    handlers: fixtureHandlers,
    preferences: () => ({ keyless: false }),
    rendererFolder: join(folder, 'no-window'),
    port: 0,
    version: '0.0.0-test',
    owner: { personId: storage.owner.id, token: 'nobody-signs-in-here' },
    ...{ clock, logger: log.logger },
    ...(chaos && { chaos }),
  });
  const { port: httpPort } = await gateway.start();
  await openDoor();
  return {
    ...{ gateway, identity, httpPort },
    ownerId: storage.owner.id,
    async close() {
      await gateway.stop();
      await storage.database.destroy();
      log.close();
    },
  };
}
