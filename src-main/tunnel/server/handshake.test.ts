import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settle } from '../../testing/fake-clock.ts';
import { Hello } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { createIdentity, signWith } from '../identity/identity.ts';
import { signedPayload } from '../wire/protocol.ts';
import { openTestServer, ownHost } from './tunnel-server.fixture.ts';
import type { TestServer } from './tunnel-server.fixture.ts';

let lake: TestServer;
beforeEach(async () => {
  lake = await openTestServer();
});
afterEach(async () => {
  await lake.close();
});

test('a device that proves itself is ready, its epoch in force before anybody sees it', async () => {
  const device = lake.device();
  const { inbox } = await device.hello({ epoch: 7 });
  const ready = await inbox.next('ready');
  expect(ready).toMatchObject({
    gatewayId: 'gateway-1',
    timing: { idleHeartbeatMs: 10_000, runSilenceMs: 6_000, acceptWithinMs: 2_000 },
    membership: { poolName: 'Lake', role: 'member', mayAsk: true },
  });
  expect(ready.session).toHaveLength(32);
  expect(lake.gate.log).toEqual(['epoch 7', 'connected 7']);
  expect(lake.link()).toMatchObject({
    membershipId: device.membershipId,
    isOnline: true,
    epoch: 7,
  });
  expect(lake.link().remoteAddress).toMatch(/127\.0\.0\.1/);
  expect(lake.server.measure()).toMatchObject({ connections: 1, links: 1, refusals: 0 });
});

test('a signature over the verified host name is as good as one over the pin', async () => {
  const { inbox } = await lake.device().hello({ dialled: ownHost });
  await inbox.next('ready');
});

test.each([
  ['over another gateway', { dialled: 'spki-of-somebody-else' }],
  ['of another key', { signature: Buffer.alloc(64, 1) }],
  ['that is no signature', { signature: Buffer.from('no') }],
])('a signature %s is refused', async (_, change) => {
  const { inbox } = await lake.device().hello(change);
  const refusal = await inbox.next('refusal');
  expect(refusal.reason).toBe('bad-signature');
  expect(refusal.message).toMatch(/join again/);
  expect(await inbox.ended).toBeUndefined();
  expect(lake.gate.log).toEqual([]);
});

test('a signature over the nonce of an earlier connection is refused', async () => {
  const device = lake.device();
  const first = await device.hello({ epoch: 1 });
  await first.inbox.next('ready');
  const { membershipId, identity } = device;
  const parts = { dialled: ownHost, membershipId, epoch: 2, nonce: first.nonce };
  const signature = Buffer.from(signWith(identity.privateKey, signedPayload(parts)));
  const { inbox } = await device.hello({ epoch: 2, signature });
  expect(await inbox.next('refusal')).toMatchObject({ reason: 'bad-signature' });
});

test('an epoch that was used is refused, also after everybody left', async () => {
  const device = lake.device({ epoch: 5 });
  for (const epoch of [4, 5]) {
    const { inbox } = await device.hello({ epoch });
    const refusal = await inbox.next('refusal');
    expect(refusal).toMatchObject({ reason: 'stale-epoch' });
    expect(refusal.message).toMatch(/copy of this device/);
  }
  await (await device.hello({ epoch: 6 })).inbox.next('ready');
});

test('a version that does not overlap is named together with ours, and who has to update', async () => {
  const old = await lake.device().hello({ protocolVersion: 0 });
  expect(await old.inbox.next('refusal')).toEqual({
    reason: 'version-too-old',
    message:
      "This device speaks version 0 of the pool's link and the gateway needs 1 or newer; update Millpond on this device",
  });
  const young = await lake.device().hello({ protocolVersion: 9 });
  const refusal = await young.inbox.next('refusal');
  expect(refusal.reason).toBe('version-too-new');
  expect(refusal.message).toMatch(/version 9 .* only 1; ask the pool's owner/);
});

test('who was never here and who was removed are told apart', async () => {
  const stranger = await lake.device().hello({ membershipId: 'nobody' });
  expect(await stranger.inbox.next('refusal')).toMatchObject({ reason: 'unknown-member' });
  const device = lake.device();
  lake.gate.revoked.add(device.membershipId);
  expect(await (await device.hello()).inbox.next('refusal')).toEqual({
    reason: 'membership-revoked',
    message: 'Ann removed this device; ask for a new invite',
  });
  expect(lake.server.measure().refusals).toBe(2);
});

test('a clock that is off by a day is let in, and how far it is off is known', async () => {
  const dayMs = 86_400_000;
  const { inbox } = await lake.device().hello({ deviceTime: lake.clock.now() + dayMs });
  await inbox.next('ready');
  expect(lake.link().clockSkewMs).toBe(dayMs);
});

test('a device that stays silent is sent away after 10 s', async () => {
  const control = lake.client().control();
  const ended = new Promise((resolve) => control.on('error', resolve));
  await new Promise((resolve) => control.once('data', resolve));
  await lake.clock.advance(10_000);
  expect(await ended).toMatchObject({ details: expect.stringMatching(/within 10 s/) as string });
});

test('whoever begins with something else than a hello is sent away', async () => {
  const control = lake.client().control();
  const ended = new Promise((resolve) => control.on('error', resolve));
  control.on('data', () => {});
  control.write({ message: { $case: 'drain', value: { reason: 'x' } } });
  expect(await ended).toMatchObject({ details: expect.stringMatching(/no hello/) as string });
  expect(lake.server.measure().protocolErrors).toBe(1);
});

test('fields of a newer version in a hello are passed over', async () => {
  const encode = Hello.encode.bind(Hello);
  const spy = (message: Hello, writer?: Parameters<typeof encode>[1]) =>
    encode(message, writer)
      .uint32(99 * 8)
      .uint32(1)
      .uint32(98 * 8 + 2)
      .string('later');
  Object.assign(Hello, { encode: spy });
  try {
    await (await lake.device().hello()).inbox.next('ready');
  } finally {
    Object.assign(Hello, { encode });
  }
});

test('a new connection replaces the old one at once', async () => {
  const device = lake.device();
  const old = await device.connect();
  await device.connect();
  await old.inbox.ended;
  expect(lake.gate.log).toEqual(['epoch 1', 'connected 1', 'epoch 2', 'closed 1', 'connected 2']);
  expect(lake.server.links().map(({ epoch }) => epoch)).toEqual([2]);
  await expect.poll(() => lake.server.measure().sockets).toBe(1);
});

test('the key of another member opens nothing', async () => {
  const device = lake.device();
  const other = createIdentity();
  const known = lake.gate.members.get(device.membershipId);
  if (known) lake.gate.members.set(device.membershipId, { ...known, publicKey: other.publicKey });
  const { inbox } = await device.hello();
  expect(await inbox.next('refusal')).toMatchObject({ reason: 'bad-signature' });
  await settle();
  expect(lake.server.links()).toEqual([]);
});

test('bytes that are no HTTP/2 end their connection, and nothing else', async () => {
  const { inbox } = await lake.device().hello();
  await inbox.next('ready');
  for (const bytes of [Buffer.alloc(5_000, 0xff), Buffer.from('GET / HTTP/1.1\r\n\r\n')]) {
    const stranger = connect(lake.relay.port, '127.0.0.1');
    stranger.on('error', () => {});
    stranger.resume();
    stranger.write(bytes);
    await once(stranger, 'close');
  }
  expect(lake.link().isOnline).toBe(true);
  await expect.poll(() => lake.server.measure().sockets).toBe(1);
});
