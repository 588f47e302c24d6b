import { expect, test } from 'vitest';
import { invitePreview, joinRequest, membership, nearbyPool } from '../contract/memberships.ts';
import { MillpondError } from '../core/error.ts';
import type { NearbyOffer, PoolNews } from '../tunnel/ports.ts';
import { createFakeClock, settle } from '../testing/fake-clock.ts';
import { chatRequest, collect, textOf } from '../testing/inference-requests.ts';
import { fakeTunnel, invite } from './fake-tunnel.fixture.ts';
import { createMemberships } from './memberships.ts';
import { createNodeHost } from './node-host.ts';
import type { JoinedPool, MembershipStore } from './ports.ts';
import { chatModel, machine, openSharing } from './sharing.fixture.ts';

const never = new AbortController().signal;
const online = { phase: 'online', since: 1, address: '192.0.2.1:8443' } as const;
const news: PoolNews = {
  poolName: 'Mill Lane',
  models: [
    {
      ...{ id: 'guide', name: 'Guide', contextLength: 2048, machines: 2, isReady: true },
      ...{ capabilities: chatModel.capabilities, trust: 'trusted' },
    },
  ],
  machinesOnline: 2,
  readers: [{ machine: 'mill', person: 'Ada' }],
};

/** What is on the disk: shared by the app before and after a restart. */
function disk() {
  const pools = new Map<string, JoinedPool>();
  const secrets = new Map<string, string>();
  const store: MembershipStore = {
    list: () => Promise.resolve([...pools.values()]),
    save(pool) {
      pools.set(pool.membershipId, pool);
      return Promise.resolve();
    },
    saveEpoch(id, epoch) {
      const pool = pools.get(id);
      if (pool !== undefined) pools.set(id, { ...pool, epoch });
      return Promise.resolve();
    },
    remove(id) {
      pools.delete(id);
      return Promise.resolve();
    },
  };
  return {
    ...{ pools, store },
    secretValues: secrets,
    secrets: {
      read: (name: string) => Promise.resolve(secrets.get(name)),
      write(name: string, value: string | undefined) {
        if (value === undefined) secrets.delete(name);
        else secrets.set(name, value);
        return Promise.resolve();
      },
    },
  };
}

async function openApp(kept = disk(), nearby: readonly NearbyOffer[] = []) {
  const tunnel = fakeTunnel();
  const { sharing, engines, log } = await openSharing();
  let changes = 0;
  const memberships = createMemberships({
    tunnel: tunnel.tunnel,
    ...{ store: kept.store, secrets: kept.secrets, log },
    nearby: { list: () => nearby, onChanged: () => () => {} },
    clock: createFakeClock(),
    hostFor: (pool) => createNodeHost({ ...pool, machine, engines: engines.engines, sharing }),
    names: () => ({ personName: 'Bo', deviceName: 'mill' }),
    isOwnModel: (id) => id === 'guide',
    onUsed: (tokens) => {
      sharing.noteUsed(tokens);
    },
  });
  memberships.onChanged(() => (changes += 1));
  await memberships.start();
  const join = (change: object = {}, share = true) =>
    memberships.join({ link: JSON.stringify(change), personName: '', deviceName: '', share });
  return { ...tunnel, memberships, kept, sharing, join, changes: () => changes };
}

test('a link is read without asking anybody', async () => {
  const { memberships, enrolments, connections } = await openApp();
  const preview = memberships.preview('{}');
  expect(preview).toEqual({
    ...{ poolName: 'Mill Lane', gatewayName: 'mill', ownerName: 'Ada' },
    ...{ addresses: ['192.0.2.1:8443'], fingerprintWords: ['apple', 'river'] },
    ...{ rights: 'serve-and-ask', role: 'member', isAlreadyJoined: false },
  });
  expect(invitePreview.parse(preview)).toEqual(preview);
  expect([enrolments, connections]).toEqual([[], []]);
  expect(() => memberships.preview('hello')).toThrow('This is not a Millpond invite');
});

test('joining keeps the membership and its key apart, connects, and offers the machine', async () => {
  const { join, kept, connections, enrolments, memberships } = await openApp();
  const view = await join();
  expect(membership.parse(view)).toEqual(view);
  expect(view).toMatchObject({
    poolName: 'Mill Lane',
    isSharing: true,
    link: { phase: 'connecting' },
  });
  expect(enrolments).toEqual([{ secret: invite.secret, deviceName: 'mill' }]);
  expect(JSON.stringify([...kept.pools.values()])).not.toMatch(/private|the secret part/);
  expect([...kept.secretValues]).toEqual([[`membership:${view.id}`, 'private-1']]);
  expect(connections[0]?.calls).toEqual(['start']);
  expect(connections[0]?.host.advert()?.models).toHaveLength(1);
  expect(memberships.isServing()).toBe(true);
});

test('an invite that only lets ask offers nothing, and sharing there is refused', async () => {
  const { join, script, connections, memberships } = await openApp();
  script.grant = { mayServe: false };
  const { id, isSharing } = await join();
  expect(isSharing).toBe(false);
  expect(connections[0]?.host.advert()).toBeUndefined();
  await expect(memberships.offer(id, { isSharing: true })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('a refused invite leaves nothing behind', async () => {
  const { join, script, kept, connections } = await openApp();
  script.refusal = new MillpondError('forbidden', 'This invite is used up; ask for a new one', {
    reason: 'invite-used-up',
  });
  await expect(join()).rejects.toMatchObject({ reason: 'invite-used-up' });
  expect([kept.pools.size, kept.secretValues.size, connections.length]).toEqual([0, 0, 0]);
});

test('several pools at once, each with a key, a connection and an offer of its own', async () => {
  const { join, connections, memberships } = await openApp();
  const lane = await join();
  const river = await join({ poolName: 'River', gateway: { ...invite.gateway } });
  await memberships.offer(lane.id, { isSharing: false });
  expect(connections.map(({ privateKey }) => privateKey)).toEqual(['private-1', 'private-2']);
  expect(connections.map(({ host }) => host.advert() !== undefined)).toEqual([false, true]);
  expect(memberships.upstreams().map(({ poolName }) => poolName)).toEqual(['Mill Lane', 'River']);
  await memberships.leave(lane.id);
  expect(connections[0]?.calls).toEqual(['start', 'stop']);
  expect(memberships.upstreams().map(({ membershipId }) => membershipId)).toEqual([river.id]);
  expect(() => {
    memberships.reconnect(lane.id);
  }).toThrow(MillpondError);
});

test('the same pool is joined once, and again after it was closed for good', async () => {
  const { join, connections, kept } = await openApp();
  const first = await join();
  await expect(join()).rejects.toMatchObject({ code: 'conflict' });
  connections[0]?.enter({ phase: 'closed', reason: 'membership-revoked', message: 'Removed' });
  const second = await join();
  expect([...kept.pools.keys()]).toEqual([second.id]);
  expect([...kept.secretValues.keys()]).toEqual([`membership:${second.id}`]);
  expect(first.id).not.toBe(second.id);
});

test('a restart brings every pool back with its epoch, its key and the wish to share', async () => {
  const first = await openApp();
  const { id } = await first.join();
  await first.join({ poolName: 'River' }, false);
  await first.connections[0]?.persistEpoch(7);
  await first.memberships.stop();
  expect(first.connections.map(({ calls }) => calls)).toEqual([
    ['start', 'drain', 'stop'],
    ['start', 'drain', 'stop'],
  ]);
  const again = await openApp(first.kept);
  expect(again.connections).toMatchObject([
    { privateKey: 'private-1', membership: { membershipId: id, epoch: 7 }, calls: ['start'] },
    { privateKey: 'private-2', membership: { epoch: 0 }, calls: ['start'] },
  ]);
  const { memberships } = again.memberships.view();
  expect(memberships.map(({ isSharing }) => isSharing)).toEqual([true, false]);
});

test('a membership whose key is lost is shown with what to do, and can be left', async () => {
  const first = await openApp();
  const { id } = await first.join();
  first.kept.secretValues.clear();
  const again = await openApp(first.kept);
  expect(again.connections).toEqual([]);
  const [lost] = again.memberships.view().memberships;
  expect(lost).toMatchObject({ id, link: { phase: 'closed' } });
  expect(JSON.stringify(lost?.link)).toContain('leave the pool and join it again');
  await again.memberships.leave(id);
  expect(first.kept.pools.size).toBe(0);
});

test('what the pool offers is shown while it is online, under names that are free here', async () => {
  const { join, connections, memberships, changes } = await openApp();
  await join();
  connections[0]?.tell(news);
  connections[0]?.enter(online);
  const before = changes();
  const [view] = memberships.view().memberships;
  expect(view).toMatchObject({
    ...{ machinesOnline: 2, link: online, readers: news.readers },
    models: [{ id: 'guide@Mill Lane', machines: 2 }],
  });
  expect(membership.parse(view)).toEqual(view);
  connections[0]?.enter({ phase: 'waiting', retryAt: 5, problem: 'mill does not answer' });
  expect(changes()).toBeGreaterThan(before);
  expect(memberships.view().memberships).toMatchObject([
    {
      machinesOnline: 0,
      models: [{ machines: 0, isReady: false }],
      link: { phase: 'waiting', problem: 'mill does not answer' },
    },
  ]);
});

test('what the gateway changed about a membership is kept', async () => {
  const { join, connections, kept, memberships } = await openApp();
  const { id } = await join();
  connections[0]?.become({ poolName: 'Mill Street', mayServe: false });
  connections[0]?.enter(online);
  await settle();
  expect(kept.pools.get(id)).toMatchObject({ poolName: 'Mill Street', mayServe: false });
  expect(memberships.isServing()).toBe(false);
});

test('asking a pool counts what was used', async () => {
  const { join, memberships, sharing } = await openApp();
  await join();
  const [upstream] = memberships.upstreams();
  if (upstream === undefined) throw new Error('no upstream');
  const answer = await collect(upstream.backend.infer(chatRequest('hi'), { signal: never }));
  expect(textOf(answer)).toBe('from the pool');
  expect(sharing.status().given.usedTodayTokens).toBe(3);
});

const offer: NearbyOffer = {
  ...{ id: 'near-1', poolName: 'Lane', ownerName: 'Ada', gatewayName: 'mill' },
  ...{ address: '192.0.2.9:8443', gateway: invite.gateway },
};

test('asking to join shows the words, then joins when the owner says yes', async () => {
  const { memberships, knocks, grantFor } = await openApp(disk(), [offer]);
  expect(memberships.view().nearby.map((near) => nearbyPool.parse(near))).toMatchObject([
    { id: 'near-1', isAlreadyJoined: false },
  ]);
  memberships.ask({ nearbyId: 'near-1', personName: '', deviceName: '' });
  expect(memberships.view().request).toEqual({ phase: 'connecting', poolName: 'Lane' });
  await settle();
  const waiting = memberships.view().request;
  expect(waiting).toMatchObject({ phase: 'waiting', words: ['cat', 'door'], ownerName: 'Ada' });
  expect(joinRequest.parse(waiting)).toEqual(waiting);
  knocks[0]?.resolve({ grant: grantFor('Lane'), gateway: invite.gateway });
  await settle();
  const { request, nearby, memberships: joined } = memberships.view();
  expect(request).toEqual({ phase: 'joined', membershipId: joined[0]?.id });
  expect(nearby).toMatchObject([{ isAlreadyJoined: true }]);
});

test('a declined or withdrawn request says so and joins nothing', async () => {
  const { memberships, knocks } = await openApp(disk(), [offer]);
  const order = { nearbyId: 'near-1', personName: 'Bo', deviceName: 'lap' };
  memberships.ask(order);
  await settle();
  knocks[0]?.reject(new MillpondError('forbidden', 'Ada said no', { reason: 'declined' }));
  await settle();
  expect(memberships.view().request).toEqual({
    ...{ phase: 'refused', reason: 'declined', message: 'Ada said no' },
  });
  memberships.ask(order);
  await settle();
  memberships.cancelAsk();
  await settle();
  expect(memberships.view()).toMatchObject({ memberships: [] });
  expect(memberships.view()).not.toHaveProperty('request');
  expect(() => {
    memberships.ask({ ...order, nearbyId: 'gone' });
  }).toThrow('not on this network any more');
});
