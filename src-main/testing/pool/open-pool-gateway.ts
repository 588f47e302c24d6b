import { join } from 'node:path';
import { buildGateway } from '../../app/build-gateway.ts';
import type { Gateway, GatewayDeps } from '../../app/build-gateway.ts';
import { buildStorage } from '../../app/build-storage.ts';
import type { Clock } from '../../core/clock.ts';
import { openGatewayIdentity } from '../../gateway/people/gateway-identity.ts';
import { createLog } from '../../platform/logger.ts';
import { createSecretStore } from '../../platform/secret-store.ts';
import type { GatewayAddress } from '../../tunnel/ports.ts';
import { directoryOf, fixtureHandlers } from '../gateway-fixture.ts';
import { noPools } from '../no-pools.ts';

export interface PoolGatewayOptions {
  /** Database, keys and log; opened again it is the same gateway. */
  readonly folder: string;
  readonly clock: Clock;
  /** Of the public port; 0 picks a free one. */
  readonly publicPort?: number;
  /** What this machine answers itself; nothing if absent. */
  readonly directory?: GatewayDeps['directory'];
}

/** What machines and callers need to find the gateway. */
export interface PoolAddress {
  /** The public port with the tunnel behind it. */
  readonly publicPort: number;
  readonly gateway: GatewayAddress;
  /** Loopback port of the OpenAI address, and an API key of the pool's owner. */
  readonly httpPort: number;
  readonly key: string;
  readonly poolId: string;
  /** Lets in any number of trusted devices. */
  readonly invite: string;
}

export interface PoolGateway {
  readonly gateway: Gateway;
  readonly ownerId: string;
  readonly address: PoolAddress;
  close(): Promise<void>;
}

const projectSource = join(import.meta.dirname, '..', '..');
const poolName = 'Mill';

/** The program's own gateway with one pool, its public port and its database, in this process. */
export async function openPoolGateway(options: PoolGatewayOptions): Promise<PoolGateway> {
  const { folder, clock, publicPort = 0 } = options;
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
    stores: { ...storage.gateway, people: storage.people, nodes: storage.nodes },
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
  });
  const { port: httpPort } = await gateway.start();
  await openDoor();
  return {
    gateway,
    ownerId: storage.owner.id,
    address: {
      ...(await letIn(gateway, storage.owner.id)),
      ...addressOf(gateway, identity.spki),
      httpPort,
    },
    async close() {
      await gateway.stop();
      await storage.database.destroy();
      log.close();
    },
  };
}

/** The pool of the first start, with an invite and a key of this one. */
async function letIn(
  { people, keys }: Gateway,
  ownerId: string,
): Promise<Pick<PoolAddress, 'poolId' | 'invite' | 'key'>> {
  const [known] = people.pools.list();
  const { id: poolId } =
    known ?? (await people.pools.start({ name: poolName, password: 'correct horse battery' }));
  const { secret } = await people.invites.create(poolId, {
    ...{ rights: 'serve-and-ask', role: 'member', trust: 'trusted', models: [], by: ownerId },
  });
  const { key } = await keys.create(ownerId, 'caller');
  return { poolId, invite: secret, key };
}

function addressOf({ door }: Gateway, spki: string): Pick<PoolAddress, 'publicPort' | 'gateway'> {
  const publicPort = door.port ?? 0;
  const candidates = [`127.0.0.1:${String(publicPort)}`];
  return { publicPort, gateway: { candidates, trust: { kind: 'pin', spki } } };
}
