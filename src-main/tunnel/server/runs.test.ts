import { afterEach, beforeEach, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { chatRequest, collect } from '../../testing/inference-requests.ts';
import { encodeFailure } from '../wire/failure-codec.ts';
import { decodeRequest } from '../wire/request-codec.ts';
import { initialWindowBytes, maxFrameBytes } from '../wire/protocol.ts';
import { encodeChunk } from '../wire/chunk-codec.ts';
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

let requestCount = 0;

interface Asked {
  readonly chunks: InferenceChunk[];
  /** What the answer failed with; undefined when it came to its end. */
  readonly outcome: Promise<MillpondError | undefined>;
  readonly stop: AbortController;
}

/** Lets the machine answer, and reads everything that comes. */
function ask(options: { text?: string; canMoveOn?: () => boolean; model?: string } = {}): Asked {
  requestCount += 1;
  const envelope = { requestId: `request-${requestCount}`, model: options.model ?? 'guide' };
  const request = chatRequest(options.text ?? 'hi', { envelope });
  const stop = new AbortController();
  const { canMoveOn } = options;
  const answer = lake
    .link()
    .infer(request, { signal: stop.signal, ...(canMoveOn && { canMoveOn }) });
  const chunks: InferenceChunk[] = [];
  const outcome = (async () => {
    try {
      for await (const chunk of answer) chunks.push(chunk);
      return undefined;
    } catch (error) {
      return MillpondError.from(error);
    }
  })();
  return { chunks, outcome, stop };
}

/** Asks, and lets the machine accept and say `1 2 3`. */
async function askAndBegin(options: Parameters<typeof ask>[0] = {}) {
  const asked = ask(options);
  const assign = await attic.inbox.next('assign');
  const run = openRun(attic, assign);
  run.frame(1, 1);
  run.frame(2, 2, 3);
  await expect.poll(() => tokensOf(asked.chunks)).toEqual([1, 2, 3]);
  return { ...asked, assign, run };
}

test('an answer arrives token for token, and its Run ends when the machine has heard so', async () => {
  const { outcome, chunks, run, assign } = await askAndBegin();
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
  const { outcome } = ask({ text });
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
  const { outcome } = ask();
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
  const { outcome } = ask();
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
  const { outcome, chunks, run } = await askAndBegin();
  const failure = encodeFailure(
    new MillpondError('overloaded', 'Preempted', { reason: 'preempted' }),
  );
  run.stream.write({ message: { $case: 'end', value: { sequence: 3, failure } } });
  expect(await outcome).toMatchObject({ code: 'overloaded', reason: 'preempted' });
  expect(tokensOf(chunks)).toEqual([1, 2, 3]);
});

test('slots are credits: no more requests are sent than the machine has slots', async () => {
  const first = await askAndBegin();
  const second = await askAndBegin();
  expect(await ask().outcome).toMatchObject({ code: 'overloaded', reason: 'no-slot' });
  expect(attic.inbox.left).not.toContain('assign');
  first.run.end(3);
  await first.outcome;
  const third = await askAndBegin();
  for (const { run } of [second, third]) run.end(3);
  expect(await third.outcome).toBeUndefined();
});

test('a model that the machine does not offer is asked elsewhere', async () => {
  expect(await ask({ model: 'other' }).outcome).toMatchObject({
    code: 'model-not-found',
    retry: 'elsewhere',
  });
});

test('a caller who aborts is gone at once, and the machine hears it on both streams', async () => {
  const { outcome, stop, run, assign } = await askAndBegin();
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
  const { outcome } = ask();
  const assign = await attic.inbox.next('assign');
  const wrong = openRun(attic, assign, change);
  expect(await wrong.inbox.ended).toMatchObject({ code: 7 });
  expect(lake.server.measure().staleFramesDropped).toBe(1);
  openRun(attic, assign).end(1);
  expect(await outcome).toBeUndefined();
});

test('another machine cannot answer in its place, even with the ticket', async () => {
  const { outcome } = ask();
  const assign = await attic.inbox.next('assign');
  const thief = await lake.device().connect();
  expect(await openRun(thief, assign).inbox.ended).toMatchObject({ code: 7 });
  openRun(attic, assign).end(1);
  expect(await outcome).toBeUndefined();
});

test('after a cut the answer goes on behind the last token that came', async () => {
  const { outcome, chunks, assign } = await askAndBegin();
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
  const { outcome, chunks, assign } = await askAndBegin();
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
  const { outcome } = await askAndBegin();
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
  const { outcome, assign } = await askAndBegin({ canMoveOn: () => true });
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
  const { outcome } = await askAndBegin({ canMoveOn: () => false });
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
  const { outcome } = await askAndBegin({ canMoveOn: () => isThere });
  lake.relay.cut();
  await expect.poll(() => lake.server.measure().cuts).toBe(1);
  await lake.clock.advance(5_500);
  expect(lake.server.measure().runs).toBe(1);
  isThere = true;
  await lake.clock.advance(1_000);
  expect(await outcome).toMatchObject({ reason: 'node-lost' });
});

test('an answer that had not begun is asked elsewhere as soon as the connection is gone', async () => {
  const { outcome } = ask();
  await attic.inbox.next('assign');
  lake.relay.cut();
  expect(await outcome).toMatchObject({ code: 'unavailable', reason: 'node-lost' });
});

test('silence of 6 s while answering is a cut, though nothing has closed', async () => {
  const { outcome } = await askAndBegin({ canMoveOn: () => true });
  lake.relay.hold();
  await lake.clock.advance(5_900);
  expect(lake.link().isOnline).toBe(true);
  await lake.clock.advance(101);
  expect(lake.link().isOnline).toBe(false);
  await lake.clock.advance(2_000);
  expect(await outcome).toMatchObject({ reason: 'node-lost' });
});

test('a stream that was replaced adds nothing any more', async () => {
  const { outcome, chunks, assign } = await askAndBegin();
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
  const { outcome } = ask();
  const assign = await attic.inbox.next('assign');
  const zombie = openRun({ ...attic, session: old.session, epoch: old.epoch }, assign);
  expect(await zombie.inbox.ended).toMatchObject({ code: 7 });
  expect(lake.server.measure().staleFramesDropped).toBe(1);
  openRun(attic, assign).end(1);
  expect(await outcome).toBeUndefined();
});

test('a stalled caller costs one window, and the heartbeat of its machine goes on', async () => {
  const request = chatRequest('hi', { envelope: { requestId: 'stalled', model: 'guide' } });
  const reader = lake
    .link()
    .infer(request, { signal: new AbortController().signal })
    [Symbol.asyncIterator]();
  const first = reader.next();
  const run = openRun(attic, await attic.inbox.next('assign'));
  run.frame(1, 1);
  await first;
  const page = encodeChunk({ type: 'text', text: 'x'.repeat(30_000), tokens: [2] });
  const framesInWindow = Math.ceil(initialWindowBytes / 30_000);
  for (let sequence = 2; sequence < 2 + framesInWindow; sequence += 1) {
    run.stream.write({ message: { $case: 'frame', value: { sequence, chunks: [page] } } });
  }
  await expect
    .poll(() => lake.server.measure().bufferedBytes)
    .toBeGreaterThan(initialWindowBytes - 30_000);
  expect(lake.server.measure().bufferedBytes).toBeLessThan(initialWindowBytes + maxFrameBytes);
  expect(run.inbox.left).toEqual([]);
  await attic.inbox.next('heartbeat');
  await lake.clock.advance(2_000);
  const { sequence } = await attic.inbox.next('heartbeat');
  attic.send({
    $case: 'heartbeat',
    value: { sequence: 1, acknowledged: sequence, loadJson: Buffer.alloc(0), sentAt: 0 },
  });
  await expect.poll(() => lake.link().roundTripMs).toBeDefined();
  expect(lake.link().runs).toBe(1);
  await reader.return?.();
});

test('a machine that sends more than its credit loses the Run and keeps its connection', async () => {
  const request = chatRequest('hi', { envelope: { requestId: 'greedy', model: 'guide' } });
  const answer = lake.link().infer(request, { signal: new AbortController().signal });
  const reader = answer[Symbol.asyncIterator]();
  const first = reader.next();
  const run = openRun(attic, await attic.inbox.next('assign'));
  run.frame(1, 1);
  await first;
  const page = encodeChunk({ type: 'text', text: 'x'.repeat(60_000) });
  for (let sequence = 2; sequence < 60; sequence += 1) {
    run.stream.write({ message: { $case: 'frame', value: { sequence, chunks: [page] } } });
  }
  expect(await run.inbox.ended).toMatchObject({
    details: expect.stringMatching(/credit/) as string,
  });
  expect(lake.server.measure()).toMatchObject({ protocolErrors: 1, runs: 0, links: 1 });
  expect(lake.server.measure().bufferedBytes).toBeLessThan(initialWindowBytes + maxFrameBytes);
  await expect(
    collect({ [Symbol.asyncIterator]: () => reader } as AsyncIterable<InferenceChunk>),
  ).rejects.toMatchObject({ reason: 'protocol' });
});

test('a gap between frames fails the answer and tells the machine', async () => {
  const { outcome, run } = await askAndBegin();
  run.frame(9, 10);
  expect(await outcome).toMatchObject({ code: 'unavailable', reason: 'protocol' });
  expect(await run.inbox.ended).toMatchObject({
    details: expect.stringMatching(/frame 9/) as string,
  });
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
