import { afterEach, beforeEach, expect, test } from 'vitest';
import { settle } from '../../testing/fake-clock.ts';
import { chatRequest, collect } from '../../testing/inference-requests.ts';
import { openRun, openTestServer, tokensOf } from './tunnel-server.fixture.ts';
import type { TestServer } from './tunnel-server.fixture.ts';

let lake: TestServer;
beforeEach(async () => {
  lake = await openTestServer();
});
afterEach(async () => {
  await lake.close();
});

function infer(requestId: string) {
  const request = chatRequest('hi', { envelope: { requestId, model: 'guide' } });
  return collect(lake.link().infer(request, { signal: new AbortController().signal }));
}

test('a draining gateway says when to come back, lets answers end, ends Control, and leaves no timer', async () => {
  const attic = await lake.device().connect();
  await expect.poll(() => lake.gate.link?.advert).toBeDefined();
  const answer = infer('r1');
  const run = openRun(attic, await attic.inbox.next('assign'));
  run.frame(1, 1);
  const drained = lake.server.drain('an update');
  expect(await attic.inbox.next('drain')).toEqual({ reason: 'an update', reconnectAfterMs: 2_000 });
  await expect(infer('r2')).rejects.toMatchObject({ code: 'unavailable' });
  const latecomer = lake.client().control();
  const turnedAway = new Promise((resolve) => latecomer.on('error', resolve));
  expect(await turnedAway).toMatchObject({ details: expect.stringMatching(/stopping/) as string });
  run.frame(2, 2);
  run.end(3);
  expect(tokensOf(await answer)).toEqual([1, 2]);
  expect(await attic.inbox.ended).toBeUndefined();
  attic.client.close();
  await drained;
  await settle();
  expect(lake.server.measure()).toMatchObject({ links: 0, runs: 0, sockets: 0 });
  expect(lake.clock.waiting).toBe(0);
});

test('an answer that does not end in time does not hold the gateway up', async () => {
  await lake.close();
  lake = await openTestServer({ limits: { drainWithinMs: 3_000 } });
  const attic = await lake.device().connect();
  await expect.poll(() => lake.gate.link?.advert).toBeDefined();
  const answer = infer('r1').catch((error: unknown) => error);
  openRun(attic, await attic.inbox.next('assign')).frame(1, 1);
  await expect.poll(() => lake.link().runs).toBe(1);
  const drained = lake.server.drain('an update');
  await attic.inbox.next('drain');
  await lake.clock.advance(3_000);
  // It does not hang up either.
  await lake.clock.advance(1_000);
  await drained;
  expect(await answer).toMatchObject({ reason: 'node-lost' });
  expect(lake.clock.waiting).toBe(0);
});

test('closing ends everything at once', async () => {
  const attic = await lake.device().connect();
  const other = await lake.device().connect();
  lake.server.close();
  await Promise.all([attic.inbox.ended, other.inbox.ended]);
  expect(lake.server.measure()).toMatchObject({ links: 0, sockets: 0 });
  expect(lake.clock.waiting).toBe(0);
});

test('twenty machines have twenty sockets', async () => {
  for (let count = 0; count < 20; count += 1) await lake.device().connect();
  expect(lake.server.measure()).toMatchObject({ links: 20, sockets: 20 });
});

test('a machine that is lost while the gateway drains is not waited for', async () => {
  const attic = await lake.device().connect();
  await expect.poll(() => lake.gate.link?.advert).toBeDefined();
  const answer = infer('r1').catch((error: unknown) => error);
  openRun(attic, await attic.inbox.next('assign')).frame(1, 1);
  const drained = lake.server.drain('an update');
  await attic.inbox.next('drain');
  lake.relay.cut();
  await drained;
  expect(await answer).toMatchObject({ reason: 'node-lost' });
  expect(lake.clock.waiting).toBe(0);
});
