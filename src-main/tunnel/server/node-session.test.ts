import { afterEach, beforeEach, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { NodeLoad } from '../../core/node.ts';
import { ControlRequest } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { decodeCommand, decodeNews, encodeLoad, encodeSlots } from '../wire/advert-codec.ts';
import { encodeFailure } from '../wire/failure-codec.ts';
import { openTestServer, testAdvert } from './tunnel-server.fixture.ts';
import type { Connected, TestDevice, TestServer } from './tunnel-server.fixture.ts';

let lake: TestServer;
let device: TestDevice;
let attic: Connected;
beforeEach(async () => {
  lake = await openTestServer();
  device = lake.device();
  attic = await device.connect();
  await expect.poll(() => lake.link().advert).toBeDefined();
});
afterEach(async () => {
  await lake.close();
});

const load: NodeLoad = { models: [], isOwnerActive: true, temperature: 50 };

/** Answers the gateway's last ping, as a machine does. */
async function pong(json: Buffer = Buffer.alloc(0)): Promise<void> {
  const { sequence } = await attic.inbox.next('heartbeat');
  attic.send({
    $case: 'heartbeat',
    value: { sequence: 1, acknowledged: sequence, loadJson: json, sentAt: 0 },
  });
}

test('what a machine says about itself is seen on its link', async () => {
  expect(lake.link().advert).toEqual(testAdvert);
  let changes = 0;
  lake.link().on('changed', () => (changes += 1));
  await pong(encodeLoad(load));
  await expect.poll(() => lake.link().load).toEqual(load);
  expect(changes).toBe(1);
  const slots = [{ modelId: 'guide', slot: 0, marks: ['m'], heldTokens: 9 }];
  attic.send({ $case: 'slots', value: { version: 1, json: encodeSlots(slots) } });
  await expect.poll(() => lake.link().slots).toEqual(slots);
  attic.send({ $case: 'drain', value: { reason: 'the owner leaves' } });
  await expect.poll(() => lake.link().isDraining).toBe(true);
});

test('a machine may take its offer back', async () => {
  attic.send({ $case: 'advert', value: { version: 1, json: Buffer.alloc(0) } });
  await expect.poll(() => lake.link().advert).toBeUndefined();
  expect(lake.link().isOnline).toBe(true);
});

test('the round trip is the time from a ping to its answer', async () => {
  expect(lake.link().roundTripMs).toBeUndefined();
  await lake.clock.advance(35);
  await pong();
  await expect.poll(() => lake.link().roundTripMs).toBe(35);
});

test('an idle machine that misses three heartbeats is gone', async () => {
  await lake.clock.advance(29_000);
  expect(lake.link().isOnline).toBe(true);
  await lake.clock.advance(1_001);
  expect(lake.link().isOnline).toBe(false);
  expect(lake.gate.log.at(-1)).toBe('closed 1');
  await expect.poll(() => lake.server.measure().sockets).toBe(0);
});

test('one that answers stays, without a timer too many', async () => {
  for (let count = 0; count < 12; count += 1) {
    await pong();
    const link = lake.link();
    const unheard = link.roundTripMs === undefined ? -1 : 0;
    await expect.poll(() => (link.roundTripMs ?? -1) >= unheard).toBe(true);
    await lake.clock.advance(10_000);
  }
  expect(lake.link().isOnline).toBe(true);
  expect(lake.clock.waiting).toBe(1);
});

test('commands reach the machine and its answer comes back', async () => {
  const stop = new AbortController();
  const done = lake.link().command({ kind: 'load', modelId: 'guide' }, stop.signal);
  const { commandId, json } = await attic.inbox.next('command');
  expect(decodeCommand(json)).toEqual({ kind: 'load', modelId: 'guide' });
  attic.send({ $case: 'commandResult', value: { commandId, failure: undefined } });
  await done;
  const refused = lake.link().command({ kind: 'unload', modelId: 'guide' }, stop.signal);
  const second = await attic.inbox.next('command');
  const failure = encodeFailure(new MillpondError('forbidden', 'The owner does not allow it'));
  attic.send({ $case: 'commandResult', value: { commandId: second.commandId, failure } });
  await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
});

test('a command ends with the machine, and with whoever gave it', async () => {
  const stop = new AbortController();
  const given = lake.link().command({ kind: 'load', modelId: 'guide' }, stop.signal);
  stop.abort();
  await expect(given).rejects.toMatchObject({ code: 'cancelled' });
  const lost = lake
    .link()
    .command({ kind: 'load', modelId: 'guide' }, new AbortController().signal);
  attic.stream.cancel();
  await expect(lost).rejects.toMatchObject({ reason: 'node-lost' });
});

test('a machine is told what the pool offers, and what its membership has become', async () => {
  const news = { poolName: 'Lake', models: [], machinesOnline: 3, readers: [] };
  lake.link().tell(news);
  const { json } = await attic.inbox.next('poolNews');
  expect(decodeNews(json)).toEqual(news);
  const member = lake.gate.members.get(device.membershipId);
  if (member) lake.link().update({ ...member, trust: 'guest', poolName: 'Sea' });
  const ready = await attic.inbox.next('ready');
  expect(ready.membership).toMatchObject({ trust: 'guest', poolName: 'Sea' });
  expect(ready.session).toEqual(attic.session);
});

test('error reports are passed on without control characters', async () => {
  const at = 5;
  attic.send({ $case: 'errorReport', value: { code: 'engine-crashed', message: 'a\u0007b', at } });
  await expect
    .poll(() => lake.gate.reports)
    .toEqual([{ code: 'engine-crashed', message: 'a b', at }]);
});

test('a revoked machine hears why and is gone', async () => {
  lake.link().refuse('membership-revoked', 'Ann removed this device; ask for a new invite');
  expect(await attic.inbox.next('refusal')).toEqual({
    reason: 'membership-revoked',
    message: 'Ann removed this device; ask for a new invite',
  });
  expect(await attic.inbox.ended).toBeUndefined();
  expect(lake.link().isOnline).toBe(false);
  // A machine that does not hang up by itself is hung up on.
  await lake.clock.advance(1_000);
  expect(lake.server.links()).toEqual([]);
});

test.each([
  ['an advert that is no JSON', { $case: 'advert', value: { version: 1, json: Buffer.from('{') } }],
  [
    'slots that are nonsense',
    { $case: 'slots', value: { version: 1, json: Buffer.from('\u0000') } },
  ],
] as const)('%s ends this connection with one sentence, and no other', async (_, message) => {
  const other = await lake.device().connect();
  attic.send(message);
  const failure = await attic.inbox.ended;
  expect(failure?.details).toMatch(/broke the protocol/);
  await lake.clock.advance(1_000);
  expect(lake.server.measure()).toMatchObject({ links: 1, protocolErrors: 1 });
  other.send({ $case: 'drain', value: { reason: 'x' } });
  await expect.poll(() => lake.link().isDraining).toBe(true);
});

test('bytes that are no message at all end this connection only', async () => {
  const encode = ControlRequest.encode.bind(ControlRequest);
  const other = await lake.device().connect();
  Object.assign(ControlRequest, {
    encode: () => ({ finish: () => Buffer.from([0xff, 0xff, 0xff]) }),
  });
  attic.send({ $case: 'drain', value: { reason: 'x' } });
  Object.assign(ControlRequest, { encode });
  await attic.inbox.ended;
  await expect.poll(() => lake.server.measure().links).toBe(1);
  other.send({ $case: 'drain', value: { reason: 'x' } });
  await expect.poll(() => lake.link().isDraining).toBe(true);
});

test('a flood of adverts is cut off', async () => {
  for (let count = 0; count < 60; count += 1) {
    attic.send({
      $case: 'advert',
      value: { version: 1, json: Buffer.from(JSON.stringify(testAdvert)) },
    });
  }
  const failure = await attic.inbox.ended;
  expect(failure?.details).toMatch(/too many adverts/);
});

test('a flood of heartbeats is cut off', async () => {
  const value = { sequence: 1, acknowledged: 0, loadJson: Buffer.alloc(0), sentAt: 0 };
  for (let count = 0; count < 2_100; count += 1) attic.send({ $case: 'heartbeat', value });
  const failure = await attic.inbox.ended;
  expect(failure?.details).toMatch(/too many messages/);
});

test('a fault in a listener is not the fault of the machine', async () => {
  lake.link().on('slots', () => {
    throw new Error('a bug of ours');
  });
  attic.send({ $case: 'slots', value: { version: 1, json: encodeSlots([]) } });
  attic.send({ $case: 'drain', value: { reason: 'x' } });
  await expect.poll(() => lake.link().isDraining).toBe(true);
  expect(lake.link().isOnline).toBe(true);
});

test('a machine that closes is gone at once', async () => {
  attic.stream.end();
  await expect.poll(() => lake.server.measure().links).toBe(0);
});
