import type { Gateway } from '../../app/build-gateway.ts';
import type { GatewayAddress } from '../../tunnel/ports.ts';
import { startPoolGateway } from './start-pool-gateway.ts';
import type { PoolGatewayOptions, StartedGateway } from './start-pool-gateway.ts';

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

export interface PoolGateway extends Omit<StartedGateway, 'identity' | 'httpPort'> {
  readonly address: PoolAddress;
}

const poolName = 'Mill';

/** The program's own gateway with one pool, its public port and its database, in this process. */
export async function openPoolGateway(options: PoolGatewayOptions): Promise<PoolGateway> {
  const { identity, httpPort, ...started } = await startPoolGateway(options);
  const { gateway, ownerId } = started;
  return {
    ...started,
    address: {
      ...(await letIn(gateway, ownerId)),
      ...addressOf(gateway, identity.spki),
      httpPort,
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
