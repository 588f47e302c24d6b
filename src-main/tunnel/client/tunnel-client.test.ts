import { afterEach, describe, expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { chatRequest, collect, textOf } from '../../testing/inference-requests.ts';
import { createRelay } from '../../testing/relay.ts';
import { createIdentity } from '../identity/identity.ts';
import { TunnelRefusal } from '../refusal.ts';
import { openTestGateway } from './gateway.fixture.ts';
import type { TestGateway, TestGatewayOptions } from './gateway.fixture.ts';
import { knownMembership, seen, testGrant } from './memory-gate.fixture.ts';
import { joinedNode, nodeOf, testAdvert } from './node.fixture.ts';
import type { TestNode, TestNodeOptions } from './node.fixture.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function openGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await openTestGateway(options);
  opened.push(() => gateway.close());
  return gateway;
}

function start(node: TestNode): TestNode {
  opened.push(() => node.client.stop());
  node.client.start();
  return node;
}

async function open(options: TestNodeOptions = {}) {
  const gateway = await openGateway();
  return { gateway, node: start(joinedNode(gateway, options)) };
}

const signal = new AbortController().signal;

describe('a connection', () => {
  test('lets the gateway ask the machine and the machine ask the pool', async () => {
    const { gateway, node } = await open();
    const state = await node.until('online');
    expect(state.address).toBe(`127.0.0.1:${gateway.port}`);
    expect(state.roundTripMs).toBeGreaterThan(0);
    const link = await gateway.gate.link();
    const answer = link.infer(chatRequest('hi'), { signal });
    expect(textOf(await collect(answer))).toBe('from the node');
    const asked = node.client.backend.infer(chatRequest('hi'), { signal });
    expect(textOf(await collect(asked))).toBe('from the pool');
  });

  test('tells advert, slots and load, and again when they changed', async () => {
    const { gateway, node } = await open();
    const link = await gateway.gate.link();
    expect(link.advert).toEqual(testAdvert());
    await seen(link, 'changed', () => link.load !== undefined);
    node.host.advertised = testAdvert({ name: 'renamed' });
    node.host.advertChanged();
    await seen(link, 'changed', () => link.advert?.name === 'renamed');
    node.host.held = [{ modelId: 'guide', slot: 0, marks: ['m'], heldTokens: 9 }];
    await collect(link.infer(chatRequest('hi'), { signal }));
    await seen(link, 'slots', () => link.slots.length > 0);
    expect(link.slots).toEqual(node.host.held);
  });

  test('carries news, commands and error reports', async () => {
    const { gateway, node } = await open();
    const link = await gateway.gate.link();
    const news = { poolName: 'Attic', models: [], machinesOnline: 2, readers: [] };
    const told = new Promise<void>((resolve) => node.client.onNews(resolve));
    link.tell(news);
    await told;
    expect(node.client.news()).toEqual(news);
    await link.command({ kind: 'load', modelId: 'guide' }, signal);
    expect(node.host.commands).toEqual([{ kind: 'load', modelId: 'guide' }]);
    node.client.reportError({ code: 'engine-crashed', message: 'it broke\u0007', at: 5 });
    await expect
      .poll(() => gateway.gate.reports)
      .toEqual([{ code: 'engine-crashed', message: 'it broke', at: 5 }]);
  });

  test('follows what the gateway makes of the membership', async () => {
    const { gateway, node } = await open();
    const link = await gateway.gate.link();
    const changed = new Promise<void>((resolve) => node.client.onState(resolve));
    const known = gateway.gate.membership(link.membershipId);
    if (known !== undefined) link.update({ ...known, poolName: 'Loft', role: 'viewer' });
    await changed;
    expect(node.client.membership()).toMatchObject({ poolName: 'Loft', role: 'viewer', epoch: 1 });
    expect(node.client.state().phase).toBe('online');
  });

  test('of a machine that may only ask tells nothing about it', async () => {
    const gateway = await openGateway();
    const { publicKey, privateKey } = createIdentity();
    const grant = testGrant({ mayServe: false });
    gateway.gate.memberships.set(grant.membershipId, knownMembership(grant, publicKey));
    const membership = { ...grant, gateway: gateway.address, epoch: 0, joinedAt: 0 };
    const node = start(nodeOf(membership, privateKey));
    await node.until('online');
    await collect(node.client.backend.infer(chatRequest('hi'), { signal }));
    expect(gateway.server.links()[0]?.advert).toBeUndefined();
  });
});

describe('the epoch', () => {
  test('is kept before it is used, and counts up with every connection', async () => {
    const order: string[] = [];
    const gateway = await openGateway();
    gateway.gate.epochUsed = (_id, epoch) => void order.push(`used ${epoch}`);
    const persistEpoch = (epoch: number): Promise<void> => {
      order.push(`kept ${epoch}`);
      return Promise.resolve();
    };
    const node = start(joinedNode(gateway, { epoch: 6, deps: { persistEpoch } }));
    await node.until('online');
    expect(order).toEqual(['kept 7', 'used 7']);
  });

  test('that cannot be kept is not used', async () => {
    const { node } = await open({
      clock: createFakeClock(Date.now()),
      deps: { persistEpoch: () => Promise.reject(new Error('disk is gone')) },
    });
    await node.until('waiting');
    expect(node.client.membership().epoch).toBe(0);
  });
});

describe('a refusal', () => {
  test.each([
    ['unknown-member', (gateway: TestGateway) => gateway.gate.memberships.clear()],
    [
      'membership-revoked',
      (gateway: TestGateway) => {
        gateway.gate.membership = () => {
          throw new TunnelRefusal('membership-revoked', 'Mei removed this device; ask her');
        };
      },
    ],
    [
      'stale-epoch',
      (gateway: TestGateway) => {
        for (const [id, known] of gateway.gate.memberships) {
          gateway.gate.memberships.set(id, { ...known, epoch: 99 });
        }
      },
    ],
  ] as const)('as %s stops the dialling and says why', async (reason, prepare) => {
    const gateway = await openGateway();
    const node = joinedNode(gateway, { clock: createFakeClock(Date.now()) });
    prepare(gateway);
    start(node);
    const state = await node.until('closed');
    expect(state.reason).toBe(reason);
    expect(state.message).toMatch(/^[A-Z].{20,}$/);
    expect(node.phases).toEqual(['connecting', 'closed']);
  });

  test('in the middle of a connection ends it for good, until a person tries again', async () => {
    const { gateway, node } = await open();
    const link = await gateway.gate.link();
    link.refuse('membership-revoked', 'Mei removed this device; ask her for a new invite');
    const state = await node.until('closed');
    expect(state.message).toBe('Mei removed this device; ask her for a new invite');
    node.client.reconnectNow();
    await node.until('online');
  });

  test('of this side: strangers answer at all addresses', async () => {
    const stranger = await openGateway();
    const gateway = await openGateway();
    const { trust } = gateway.address;
    const node = joinedNode(gateway, { gateway: { ...stranger.address, trust } });
    start(node);
    const state = await node.until('closed');
    expect(state.reason).toBe('wrong-gateway');
    expect(stranger.server.measure().sockets).toBe(0);
  });
});

describe('a lost connection', () => {
  test('is dialled again after a pause, each time on a new socket and with a higher epoch', async () => {
    const gateway = await openGateway();
    const relay = await createRelay({ to: { port: gateway.port } });
    opened.push(() => relay.close());
    const clock = createFakeClock(Date.now());
    const { trust } = gateway.address;
    const address = { candidates: [`127.0.0.1:${relay.port}`], trust };
    const node = start(joinedNode(gateway, { gateway: address, clock, deps: { random: () => 1 } }));
    await node.until('online');
    relay.cut();
    const state = await node.until('waiting');
    expect(state.retryAt).toBe(clock.now() + 500);
    expect(state.problem).toMatch(/connection to .* was lost/);
    const back = gateway.gate.nextLink();
    await clock.advance(500);
    expect((await back).epoch).toBe(2);
    await node.until('online');
    expect(node.persisted).toEqual([1, 2]);
    // Each time one socket to learn the certificates and one for the channel.
    expect(relay.accepted).toBe(4);
  });

  test('can be dialled at once by a person', async () => {
    const gateway = await openGateway();
    const node = start(
      joinedNode(gateway, { clock: createFakeClock(Date.now()), deps: { random: () => 1 } }),
    );
    await node.until('online');
    await gateway.close();
    await node.until('waiting');
    const reopened = await openGateway({
      authority: gateway.authority,
      port: gateway.port,
      memberships: gateway.gate.memberships,
    });
    node.client.reconnectNow();
    await node.until('online');
    expect((await reopened.gate.link()).epoch).toBe(2);
  });

  test('because the gateway stops waits as long as it was told', async () => {
    const clock = createFakeClock(Date.now());
    const { gateway, node } = await open({ clock });
    await node.until('online');
    await gateway.server.drain('update');
    expect((await node.until('waiting')).retryAt).toBe(clock.now() + 2000);
  });
});

describe('Local only', () => {
  test('sends nothing anywhere else, and says so', async () => {
    const gateway = await openGateway();
    const elsewhere = { candidates: ['pool.invalid:8443'], trust: gateway.address.trust };
    const clock = createFakeClock(Date.now());
    const options = { gateway: elsewhere, clock, deps: { random: () => 1 } };
    const node = joinedNode(gateway, options);
    node.register.setLocalOnly(true);
    start(node);
    expect((await node.until('waiting')).problem).toMatch(/^Local only is on: .* turn it off/);
    const before = node.register.hosts()[0];
    await clock.advance(500);
    expect(node.phases.filter((phase) => phase === 'connecting')).toHaveLength(2);
    await node.until('waiting');
    expect(node.register.hosts()).toEqual([before]);
  });

  test('leaves a gateway on this machine alone', async () => {
    const { node } = await open();
    await node.until('online');
    node.register.setLocalOnly(true);
    expect(node.client.state().phase).toBe('online');
    expect(textOf(await collect(node.client.backend.infer(chatRequest('hi'), { signal })))).toBe(
      'from the pool',
    );
  });
});

describe('leaving', () => {
  test('closes the link at the gateway and leaves no timer behind', async () => {
    const clock = createFakeClock(Date.now());
    const { gateway, node } = await open({ clock });
    const link = await gateway.gate.link();
    const closed = new Promise<void>((resolve) => link.on('closed', resolve));
    await node.client.stop();
    await closed;
    expect(node.client.state()).toEqual({ phase: 'closed' });
    expect(clock.waiting).toBe(0);
    node.client.reconnectNow();
    expect(node.client.state()).toEqual({ phase: 'closed' });
  });

  test('works before it was started, while dialling and while waiting', async () => {
    const gateway = await openTestGateway();
    const idle = joinedNode(gateway);
    await idle.client.stop();
    expect(idle.client.state().phase).toBe('closed');
    const dialling = start(joinedNode(gateway));
    await dialling.client.stop();
    expect(dialling.client.state()).toEqual({ phase: 'closed' });
    await gateway.close();
    const waiting = start(joinedNode(gateway, { clock: createFakeClock(Date.now()) }));
    await waiting.until('waiting');
    await waiting.client.stop();
    expect(waiting.client.state()).toEqual({ phase: 'closed' });
  });
});

test('several memberships in one process share nothing', async () => {
  const [one, two] = [await openGateway(), await openGateway()];
  const [first, second] = [start(joinedNode(one)), start(joinedNode(two))];
  await Promise.all([first.until('online'), second.until('online')]);
  await one.close();
  await first.until('waiting');
  expect(second.client.state().phase).toBe('online');
  const answer = (await two.gate.link()).infer(chatRequest('hi'), { signal });
  expect(textOf(await collect(answer))).toBe('from the node');
  expect(two.server.measure().sockets).toBe(1);
});
