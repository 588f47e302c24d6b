import { afterEach, describe, expect, test } from 'vitest';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { ControlRequest, ControlResponse, Hello } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { createIdentity } from '../identity/identity.ts';
import type { GatewayAddress } from '../ports.ts';
import { openTestGateway } from './gateway.fixture.ts';
import { knownMembership, testGrant } from './memory-gate.fixture.ts';
import { nodeOf } from './node.fixture.ts';
import type { TestNode } from './node.fixture.ts';
import { openChannel } from './open-channel.ts';
import { openScriptedGateway } from './scripted-gateway.fixture.ts';
import type { ScriptedControl } from './scripted-gateway.fixture.ts';
import { verifyGateway } from './verify-gateway.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const identity = createIdentity();
const grant = testGrant();
type Message = NonNullable<ControlResponse['message']>;

async function scripted(control: (stream: ScriptedControl) => void): Promise<GatewayAddress> {
  const gateway = await openScriptedGateway(control);
  opened.push(() => gateway.close());
  return gateway.address;
}

function start(gateway: GatewayAddress): TestNode {
  const membership = { ...grant, gateway, epoch: 0, joinedAt: 0 };
  const node = nodeOf(membership, identity.privateKey, { clock: createFakeClock(Date.now()) });
  opened.push(() => node.client.stop());
  node.client.start();
  return node;
}

function challenge(
  change: Partial<Extract<Message, { $case: 'challenge' }>['value']> = {},
): Message {
  const value = {
    nonce: Buffer.alloc(32, 7),
    protocolVersion: 1,
    oldestProtocolVersion: 1,
    gatewayTime: 0,
    ...change,
  };
  return { $case: 'challenge', value };
}

function saying(...messages: readonly Message[]): (stream: ScriptedControl) => void {
  return (stream) => {
    stream.on('data', () => {});
    for (const message of messages) stream.write({ message });
  };
}

describe('a gateway of another version', () => {
  test('that needs a newer machine closes the link and says to update here', async () => {
    const node = start(
      await scripted(saying(challenge({ protocolVersion: 9, oldestProtocolVersion: 7 }))),
    );
    const { reason, message } = await node.until('closed');
    expect(reason).toBe('version-too-old');
    expect(message).toMatch(/speaks version 1 .* needs 7 or newer; update Millpond here$/);
  });

  test('that is older than this machine can talk to names the gateway', async () => {
    const node = start(
      await scripted(saying(challenge({ protocolVersion: 0, oldestProtocolVersion: 0 }))),
    );
    const { reason, message } = await node.until('closed');
    expect(reason).toBe('version-too-new');
    expect(message).toMatch(/ask the pool's owner to update the gateway$/);
  });

  test('that is newer and still understands us is answered in our version', async () => {
    const hello = Promise.withResolvers<Hello>();
    start(
      await scripted((stream) => {
        stream.on('data', ({ message }: ControlRequest) => {
          if (message?.$case === 'hello') hello.resolve(message.value);
        });
        stream.write({ message: challenge({ protocolVersion: 9, oldestProtocolVersion: 1 }) });
      }),
    );
    expect((await hello.promise).protocolVersion).toBe(1);
  });
});

describe('a gateway that breaks the protocol', () => {
  const ready: Message = {
    $case: 'ready',
    value: {
      session: Buffer.alloc(32),
      timing: undefined,
      features: [],
      membership: { ...grant, membershipId: 'of somebody else' },
      gatewayId: 'g',
    },
  };
  const cancel: Message = { $case: 'cancel', value: { requestId: 'r' } };

  test.each([
    ['a second challenge', [challenge(), challenge()]],
    ['ready before a challenge', [ready]],
    ['cancel before the handshake', [cancel]],
    ['a challenge that is too short', [challenge({ nonce: Buffer.alloc(8) })]],
    ['the membership of somebody else', [challenge(), ready]],
  ])('by %s is left, and dialled again later', async (what, messages) => {
    const node = start(await scripted(saying(...messages)));
    expect((await node.until('waiting')).problem).toContain(what);
  });

  test('by saying nothing is given up after ten seconds', async () => {
    const arrived = Promise.withResolvers<unknown>();
    const address = await scripted((stream) => arrived.resolve(stream));
    const membership = { ...grant, gateway: address, epoch: 0, joinedAt: 0 };
    const clock = createFakeClock(Date.now());
    const node = nodeOf(membership, identity.privateKey, { clock });
    opened.push(() => node.client.stop());
    node.client.start();
    await arrived.promise;
    await clock.advance(9_999);
    expect(node.client.state().phase).toBe('connecting');
    const waiting = node.until('waiting');
    await clock.advance(1);
    expect((await waiting).problem).toContain('did not finish the handshake in time');
  });

  test('with a message of a later version is understood as far as possible', async () => {
    const node = start(
      await scripted((stream) => {
        stream.on('data', ({ message }: ControlRequest) => {
          if (message?.$case !== 'hello') return;
          stream.write({ message: undefined });
          stream.write({ message: { ...ready, value: { ...ready.value, membership: grant } } });
        });
        stream.write({ message: undefined });
        stream.write({ message: challenge() });
      }),
    );
    await node.until('online');
  });
});

test('a pool that passes on the challenge of another pool cannot enter it as the device', async () => {
  const good = await openTestGateway();
  opened.push(() => good.close());
  good.gate.memberships.set(grant.membershipId, knownMembership(grant, identity.publicKey));
  const answer = Promise.withResolvers<ControlResponse['message']>();
  const evil = await scripted((victim) => {
    void (async () => {
      const way = {
        register: createConnectionRegister(systemClock),
        clock: systemClock,
        signal: new AbortController().signal,
      };
      const [address = ''] = good.address.candidates;
      const channel = openChannel(await verifyGateway(address, good.address.trust, way));
      opened.push(() => {
        channel.close();
        return Promise.resolve();
      });
      const stolen = channel.control();
      stolen.on('error', () => {});
      stolen.on('data', (response: ControlResponse) => {
        if (response.message?.$case === 'challenge') victim.write(response);
        else answer.resolve(response.message);
      });
      victim.on('data', (hello: ControlRequest) => stolen.write(hello));
    })();
  });
  start(evil);
  expect(await answer.promise).toMatchObject({
    $case: 'refusal',
    value: { reason: 'bad-signature' },
  });
  expect(good.gate.epochs).toEqual([]);
  // The same device and key are let in where they really dialled.
  const honest = start(good.address);
  await honest.until('online');
});
