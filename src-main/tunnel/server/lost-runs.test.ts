import { afterEach, beforeEach, expect, test } from 'vitest';
import { askAndBegin, ask } from './asking.fixture.ts';
import { openRun, openTestServer, tokensOf } from './tunnel-server.fixture.ts';
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

test('after a cut the answer goes on behind the last token that came', async () => {
  const { outcome, chunks, assign } = await askAndBegin(lake, attic);
  lake.relay.cut();
  await expect.poll(() => lake.server.measure().cuts).toBe(1);
  expect(lake.link().isOnline).toBe(false);
  await lake.clock.advance(1_900);
  const back = await device.connect({ resumable: [assign.requestId] });
  const run = openRun(back, assign, { isResume: true });
  expect(await run.inbox.next('resumeFrom')).toMatchObject({ sequence: 2 });
  run.frame(3, 4);
  run.end(4);
  expect(await outcome).toBeUndefined();
  expect(tokensOf(chunks)).toEqual([1, 2, 3, 4]);
  expect(lake.server.measure()).toMatchObject({ resumes: 1, lost: 0, runs: 0 });
});

test('frames that the gateway has already are dropped when a machine repeats them', async () => {
  const { outcome, chunks, assign } = await askAndBegin(lake, attic);
  lake.relay.cut();
  await expect.poll(() => lake.server.measure().cuts).toBe(1);
  const back = await device.connect({ resumable: [assign.requestId] });
  const run = openRun(back, assign, { isResume: true });
  await run.inbox.next('resumeFrom');
  run.frame(2, 2, 3);
  run.frame(3, 4);
  run.end(4);
  expect(await outcome).toBeUndefined();
  expect(tokensOf(chunks)).toEqual([1, 2, 3, 4]);
});

test('a machine that comes back without the answer loses it at once', async () => {
  const { outcome } = await askAndBegin(lake, attic);
  lake.relay.cut();
  await expect.poll(() => lake.server.measure().cuts).toBe(1);
  await device.connect({ resumable: [] });
  expect(await outcome).toMatchObject({
    code: 'unavailable',
    reason: 'node-lost',
    retry: 'elsewhere',
  });
});

test('while another machine could go on, a lost one is waited for 2 s', async () => {
  const { outcome, assign } = await askAndBegin(lake, attic, { canMoveOn: () => true });
  lake.relay.cut();
  await expect.poll(() => lake.server.measure().cuts).toBe(1);
  await lake.clock.advance(1_999);
  expect(lake.server.measure().runs).toBe(1);
  await lake.clock.advance(1);
  expect(await outcome).toMatchObject({ code: 'unavailable', reason: 'node-lost' });
  const back = await device.connect({ resumable: [assign.requestId] });
  const fenced = openRun(back, assign, { isResume: true });
  expect(await fenced.inbox.ended).toMatchObject({ code: 7 });
});

test('while nobody could, it is waited for 15 s', async () => {
  const { outcome } = await askAndBegin(lake, attic, { canMoveOn: () => false });
  lake.relay.cut();
  await expect.poll(() => lake.server.measure().cuts).toBe(1);
  await lake.clock.advance(14_999);
  expect(lake.server.measure().runs).toBe(1);
  await lake.clock.advance(1);
  expect(await outcome).toMatchObject({ reason: 'node-lost', message: /attic/ });
  expect(lake.clock.waiting).toBe(0);
});

test('a machine that could go on and comes later ends the waiting', async () => {
  let isThere = false;
  const { outcome } = await askAndBegin(lake, attic, { canMoveOn: () => isThere });
  lake.relay.cut();
  await expect.poll(() => lake.server.measure().cuts).toBe(1);
  await lake.clock.advance(5_500);
  expect(lake.server.measure().runs).toBe(1);
  isThere = true;
  await lake.clock.advance(1_000);
  expect(await outcome).toMatchObject({ reason: 'node-lost' });
});

test('an answer that had not begun is asked elsewhere as soon as the connection is gone', async () => {
  const { outcome } = ask(lake);
  await attic.inbox.next('assign');
  lake.relay.cut();
  expect(await outcome).toMatchObject({ code: 'unavailable', reason: 'node-lost' });
});

test('silence of 6 s while answering is a cut, though nothing has closed', async () => {
  const { outcome } = await askAndBegin(lake, attic, { canMoveOn: () => true });
  lake.relay.hold();
  await lake.clock.advance(5_900);
  expect(lake.link().isOnline).toBe(true);
  await lake.clock.advance(101);
  expect(lake.link().isOnline).toBe(false);
  await lake.clock.advance(2_000);
  expect(await outcome).toMatchObject({ reason: 'node-lost' });
});

test('a stream that was replaced adds nothing any more', async () => {
  const { outcome, chunks, assign } = await askAndBegin(lake, attic);
  lake.relay.cut();
  await expect.poll(() => lake.server.measure().cuts).toBe(1);
  const back = await device.connect({ resumable: [assign.requestId] });
  const first = openRun(back, assign, { isResume: true });
  await first.inbox.next('resumeFrom');
  const second = openRun(back, assign, { isResume: true });
  await second.inbox.next('resumeFrom');
  first.frame(3, 666);
  expect(await first.inbox.ended).toBeUndefined();
  second.frame(3, 4);
  second.end(4);
  expect(await outcome).toBeUndefined();
  expect(tokensOf(chunks)).toEqual([1, 2, 3, 4]);
});

test('a connection that was replaced opens no Run any more', async () => {
  const old = attic;
  attic = await device.connect();
  await expect.poll(() => lake.link().advert).toBeDefined();
  const { outcome } = ask(lake);
  const assign = await attic.inbox.next('assign');
  const zombie = openRun({ ...attic, session: old.session, epoch: old.epoch }, assign);
  expect(await zombie.inbox.ended).toMatchObject({ code: 7 });
  expect(lake.server.measure().staleFramesDropped).toBe(1);
  openRun(attic, assign).end(1);
  expect(await outcome).toBeUndefined();
});
