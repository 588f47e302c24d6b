import { newId } from '../../../src-main/core/identity.ts';
import { createConnectionRegister } from '../../../src-main/platform/http/connection-register.ts';
import { silentLogger } from '../../../src-main/platform/logger.ts';
import { systemClock } from '../../../src-main/platform/system-clock.ts';
import { enrol } from '../../../src-main/tunnel/client/enrol.ts';
import { createTestHost } from '../../../src-main/tunnel/client/node.fixture.ts';
import { TunnelClient } from '../../../src-main/tunnel/client/tunnel-client.ts';
import { createIdentity } from '../../../src-main/tunnel/identity/identity.ts';
import type { GatewayAddress, MembershipGrant } from '../../../src-main/tunnel/ports.ts';
import { answerQuestions, startedWith } from './answer-questions.ts';

/** Many machines in one process: each with its own identity, its own connection and its own pauses. */

export interface StormStart {
  readonly machines: number;
  readonly gateway: GatewayAddress;
  readonly invite: string;
}

export interface StormQuestion {
  readonly ask: 'returns';
}

/** How machines came back since they lost the gateway, in milliseconds of the epoch. */
export interface StormReturns {
  readonly online: number;
  readonly lostAt: readonly number[];
  readonly backAt: readonly number[];
}

/** Enrolments that are under way at a time. */
const atOnce = 4;
/** Tries of one, on a computer that has other things to do as well. */
const enrolments = 4;

const { machines, gateway, invite } = startedWith() as StormStart;
const wayOut = { register: createConnectionRegister(systemClock), clock: systemClock };
const clients: TunnelClient[] = [];
const lostAt: number[] = [];
const backAt: number[] = [];

let left = machines;
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (left > 0) {
      left -= 1;
      await addMachine();
    }
  }),
);
answerQuestions(true, (_question: StormQuestion) => Promise.resolve(returns()));

async function addMachine(): Promise<void> {
  const { publicKey, privateKey } = createIdentity();
  const grant = await joinPool(publicKey);
  const client = new TunnelClient({
    ...{ ...wayOut, privateKey, gatewayId: newId() },
    membership: { ...grant, gateway, epoch: 0, joinedAt: Date.now() },
    host: createTestHost(),
    logger: silentLogger,
    persistEpoch: () => Promise.resolve(),
  });
  const online = Promise.withResolvers<undefined>();
  let wasOnline = false;
  client.onState(() => {
    const isOnline = client.state().phase === 'online';
    if (isOnline === wasOnline) return;
    if (!isOnline) lostAt.push(Date.now());
    else if (lostAt.length > 0) backAt.push(Date.now());
    wasOnline = isOnline;
    online.resolve(undefined);
  });
  clients.push(client);
  client.start();
  await online.promise;
}

/** The same key again is the same machine. */
async function joinPool(publicKey: Uint8Array): Promise<MembershipGrant> {
  const { signal } = new AbortController();
  const names = { deviceName: `machine ${newId()}`, personName: 'Somebody' };
  for (let tried = 1; ; tried += 1) {
    try {
      return await enrol({ ...wayOut, ...names, gateway, invite, publicKey, signal });
    } catch (error) {
      if (tried === enrolments) throw error;
    }
  }
}

function returns(): StormReturns {
  const online = clients.filter((client) => client.state().phase === 'online').length;
  return { online, lostAt, backAt };
}
