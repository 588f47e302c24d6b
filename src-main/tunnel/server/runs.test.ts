import { afterEach, beforeEach, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { chatRequest, collect } from '../../testing/inference-requests.ts';
import { encodeFailure } from '../wire/failure-codec.ts';
import { decodeRequest } from '../wire/request-codec.ts';
import { ask, askAndBegin } from './asking.fixture.ts';
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

test('an answer arrives token for token, and its Run ends when the machine has heard so', async () => {
  const { outcome, chunks, run, assign } = await askAndBegin(lake, attic);
  expect(lake.link().runs).toBe(1);
  const request = decodeRequest(assign.body);
  expect(request.envelope).toMatchObject({ model: 'guide', hops: ['gateway-1'] });
  run.frame(3, 4);
  run.end(4);
  expect(await outcome).toBeUndefined();
  expect(tokensOf(chunks)).toEqual([1, 2, 3, 4]);
  expect(await run.inbox.next('credit')).toEqual({ bytes: 0, sequence: 4 });
  expect(await run.inbox.ended).toBeUndefined();
  expect(lake.link().runs).toBe(0);
  expect(attic.inbox.left).not.toContain('cancel');
});

test('a large request follows on Run in parts', async () => {
  const text = 'long '.repeat(40_000);
  const { outcome } = ask(lake, { text });
  const assign = await attic.inbox.next('assign');
  expect(assign.body).toHaveLength(0);
  const run = openRun(attic, assign);
  const parts: Buffer[] = [];
  for (let isLast = false; !isLast;) {
    const part = await run.inbox.next('body');
    expect(part.data.length).toBeLessThanOrEqual(64 * 1024);
    parts.push(part.data);
    ({ isLast } = part);
  }
  const body = Buffer.concat(parts);
  expect(body).toHaveLength(assign.bodyBytes);
  const { input } = decodeRequest(body);
  expect(input.task === 'chat' && input.messages[0]).toMatchObject({ content: [{ text }] });
  run.end(1);
  expect(await outcome).toBeUndefined();
});

test('a machine that does not open Run within 2 s is passed over, and told so', async () => {
  const { outcome } = ask(lake);
  const assign = await attic.inbox.next('assign');
  await lake.clock.advance(2_000);
  expect(await outcome).toMatchObject({
    code: 'timeout',
    reason: 'not-accepted',
    retry: 'elsewhere',
  });
  expect(await attic.inbox.next('cancel')).toEqual({ requestId: assign.requestId });
  const late = openRun(attic, assign);
  expect(await late.inbox.ended).toMatchObject({ code: 7 });
});

test('a machine that says no is heard with its own reason', async () => {
  const { outcome } = ask(lake);
  const { requestId } = await attic.inbox.next('assign');
  const failure = encodeFailure(
    new MillpondError('overloaded', 'Its owner allows one answer at a time', {
      reason: 'owner-limits',
    }),
  );
  attic.send({ $case: 'refuse', value: { requestId, failure } });
  expect(await outcome).toMatchObject({ code: 'overloaded', reason: 'owner-limits' });
  expect(lake.link().runs).toBe(0);
});

test('a machine may also fail in the middle, behind the tokens that it made', async () => {
  const { outcome, chunks, run } = await askAndBegin(lake, attic);
  const failure = encodeFailure(
    new MillpondError('overloaded', 'Preempted', { reason: 'preempted' }),
  );
  run.stream.write({ message: { $case: 'end', value: { sequence: 3, failure } } });
  expect(await outcome).toMatchObject({ code: 'overloaded', reason: 'preempted' });
  expect(tokensOf(chunks)).toEqual([1, 2, 3]);
});

test('slots are credits: no more requests are sent than the machine has slots', async () => {
  const first = await askAndBegin(lake, attic);
  const second = await askAndBegin(lake, attic);
  expect(await ask(lake).outcome).toMatchObject({ code: 'overloaded', reason: 'no-slot' });
  expect(attic.inbox.left).not.toContain('assign');
  first.run.end(3);
  await first.outcome;
  const third = await askAndBegin(lake, attic);
  for (const { run } of [second, third]) run.end(3);
  expect(await third.outcome).toBeUndefined();
});

test('a model that the machine does not offer is asked elsewhere', async () => {
  expect(await ask(lake, { model: 'other' }).outcome).toMatchObject({
    code: 'model-not-found',
    retry: 'elsewhere',
  });
});

test('a caller who aborts is gone at once, and the machine hears it on both streams', async () => {
  const { outcome, stop, run, assign } = await askAndBegin(lake, attic);
  stop.abort(new MillpondError('cancelled', 'The caller left'));
  expect(await outcome).toMatchObject({ code: 'cancelled', message: 'The caller left' });
  expect(await run.inbox.next('cancel')).toEqual({ requestId: assign.requestId });
  expect(await attic.inbox.next('cancel')).toEqual({ requestId: assign.requestId });
  expect(lake.server.measure()).toMatchObject({ runs: 0, bufferedBytes: 0, cuts: 0 });
});

test('leaving the loop stops the machine too', async () => {
  const request = chatRequest('hi', { envelope: { requestId: 'left', model: 'guide' } });
  const reading = (async () => {
    for await (const _ of lake.link().infer(request, { signal: new AbortController().signal }))
      break;
  })();
  const run = openRun(attic, await attic.inbox.next('assign'));
  run.frame(1, 1);
  await reading;
  await run.inbox.next('cancel');
  expect(lake.link().runs).toBe(0);
});

test.each([
  ['ticket', { ticket: Buffer.alloc(32, 3) }],
  ['epoch', { epoch: 99 }],
])('a Run with a wrong %s is refused, and the right one still works', async (_, change) => {
  const { outcome } = ask(lake);
  const assign = await attic.inbox.next('assign');
  const wrong = openRun(attic, assign, change);
  expect(await wrong.inbox.ended).toMatchObject({ code: 7 });
  expect(lake.server.measure().staleFramesDropped).toBe(1);
  openRun(attic, assign).end(1);
  expect(await outcome).toBeUndefined();
});

test('another machine cannot answer in its place, even with the ticket', async () => {
  const { outcome } = ask(lake);
  const assign = await attic.inbox.next('assign');
  const thief = await lake.device().connect();
  expect(await openRun(thief, assign).inbox.ended).toMatchObject({ code: 7 });
  openRun(attic, assign).end(1);
  expect(await outcome).toBeUndefined();
});

test('a deadline holds on the clock of the machine, however wrong that is', async () => {
  const dayMs = 86_400_000;
  attic = await device.connect({ deviceTime: lake.clock.now() - dayMs });
  await expect.poll(() => lake.link().advert).toBeDefined();
  const deadlineAt = lake.clock.now() + 60_000;
  const { outcome } = ask(lake, { deadlineAt });
  const assign = await attic.inbox.next('assign');
  expect(decodeRequest(assign.body).envelope.deadlineAt).toBe(deadlineAt - dayMs);
  openRun(attic, assign).end(1);
  expect(await outcome).toBeUndefined();
});

test('a machine that hangs up in the middle of an answer is not waited for', async () => {
  const { outcome, run } = await askAndBegin(lake, attic);
  run.stream.end();
  expect(await outcome).toMatchObject({ reason: 'node-lost' });
  expect(lake.server.measure()).toMatchObject({ cuts: 0, lost: 1, links: 1 });
});

test('control: with the epoch check off, machines and Runs of old epochs are let in', async () => {
  const mutated = await openTestServer({ faults: { isEpochCheckOff: true } });
  try {
    const twin = mutated.device();
    const current = await twin.connect({ epoch: 5 });
    await expect.poll(() => mutated.gate.link?.advert).toBeDefined();
    const request = chatRequest('hi', { envelope: { requestId: 'mixed', model: 'guide' } });
    const answer = collect(mutated.link().infer(request, { signal: new AbortController().signal }));
    const zombie = openRun(current, await current.inbox.next('assign'), { epoch: 1 });
    zombie.frame(1, 666);
    zombie.end(2);
    expect(tokensOf(await answer)).toEqual([666]);
    await (await twin.hello({ epoch: 2 })).inbox.next('ready');
  } finally {
    await mutated.close();
  }
});
