import { afterEach, beforeEach, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import type { CallOpen } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { decodeChunk } from '../wire/chunk-codec.ts';
import { initialWindowBytes } from '../wire/protocol.ts';
import { encodeRequest } from '../wire/request-codec.ts';
import { openCall, openTestServer, tokenChunk, tokensOf } from './tunnel-server.fixture.ts';
import type { Connected, TestDevice, TestServer } from './tunnel-server.fixture.ts';

let lake: TestServer;
let device: TestDevice;
let app: Connected;
beforeEach(async () => {
  lake = await openTestServer();
  device = lake.device();
  app = await device.connect();
});
afterEach(async () => {
  await lake.close();
});

function callOpen(request: InferenceRequest, change: Partial<CallOpen> = {}) {
  const { inline, parts, bytes } = encodeRequest(request);
  const value: CallOpen = {
    ...{ requestId: 'r1', session: app.session, body: inline, bodyBytes: bytes, hops: [] },
    ...change,
  };
  const call = openCall(app);
  call.send({ $case: 'open', value });
  for (const [index, data] of parts.entries()) {
    call.send({ $case: 'body', value: { data, isLast: index === parts.length - 1 } });
  }
  return call;
}

async function* counting(to: number): AsyncGenerator<InferenceChunk> {
  for (let token = 1; token <= to; token += 1) yield await Promise.resolve(tokenChunk(token));
}

test('a member asks and gets every token, under its own membership', async () => {
  let asker = '';
  lake.gate.onCall = (member, request) => {
    asker = member.membershipId;
    expect(request.envelope.hops).toEqual(['app-gateway']);
    return counting(5);
  };
  const call = callOpen(chatRequest('hi'), { hops: ['app-gateway'] });
  const end = await call.inbox.next('end');
  expect(end.failure).toBeUndefined();
  const frames = call.inbox.left.length;
  const tokens: number[] = [];
  for (let count = 0; count < frames; count += 1) {
    const frame = await call.inbox.next('frame');
    tokens.push(...tokensOf(frame.chunks.map(decodeChunk)));
  }
  expect(tokens).toEqual([1, 2, 3, 4, 5]);
  expect(asker).toBe(device.membershipId);
  call.send({ $case: 'credit', value: { bytes: 0, sequence: end.sequence } });
  expect(await call.inbox.ended).toBeUndefined();
  expect(lake.server.measure().calls).toBe(0);
});

test('a deadline holds on our clock, however wrong the clock of the member is', async () => {
  const hourMs = 3_600_000;
  app = await device.connect({ deviceTime: lake.clock.now() + hourMs });
  let deadlineAt: number | undefined;
  lake.gate.onCall = (_, { envelope }) => {
    ({ deadlineAt } = envelope);
    return counting(1);
  };
  const theirs = lake.clock.now() + hourMs + 5_000;
  await callOpen(chatRequest('hi', { envelope: { deadlineAt: theirs } })).inbox.next('end');
  expect(deadlineAt).toBe(theirs - hourMs);
});

test('a large question comes in parts', async () => {
  const text = 'long '.repeat(40_000);
  let heard = 0;
  lake.gate.onCall = (_, { input }) => {
    heard = JSON.stringify(input).length;
    return counting(1);
  };
  const call = callOpen(chatRequest(text));
  expect((await call.inbox.next('end')).failure).toBeUndefined();
  expect(heard).toBeGreaterThan(text.length);
});

test('a failure of the pool is told with its code and reason', async () => {
  lake.gate.onCall = () => {
    throw new MillpondError('model-not-found', 'Nobody offers it', { param: 'model' });
  };
  const end = await callOpen(chatRequest('hi')).inbox.next('end');
  expect(end.failure).toMatchObject({ code: 'model-not-found', param: 'model' });
});

test('a member who cancels or leaves stops the answer', async () => {
  const signals: AbortSignal[] = [];
  lake.gate.onCall = async function* (_, _request, { signal }) {
    signals.push(signal);
    yield tokenChunk(1);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  const first = callOpen(chatRequest('hi'));
  await first.inbox.next('frame');
  first.send({ $case: 'cancel', value: { requestId: 'r1' } });
  await expect.poll(() => signals[0]?.aborted).toBe(true);
  const second = callOpen(chatRequest('hi'));
  await second.inbox.next('frame');
  second.stream.cancel();
  await second.inbox.ended;
  await expect.poll(() => signals[1]?.aborted).toBe(true);
  const third = callOpen(chatRequest('hi'));
  await third.inbox.next('frame');
  app.stream.end();
  await expect.poll(() => signals[2]?.aborted).toBe(true);
  expect(lake.server.measure().calls).toBe(0);
});

test('a member who does not read stops the pool from answering ahead', async () => {
  let made = 0;
  lake.gate.onCall = async function* () {
    for (; made < 1_000; made += 1) {
      yield await Promise.resolve({ type: 'text', text: 'x'.repeat(10_000) } as const);
    }
  };
  const call = callOpen(chatRequest('hi'));
  await call.inbox.next('frame');
  await expect.poll(() => made * 10_000).toBeGreaterThan(initialWindowBytes - 20_000);
  await lake.clock.advance(1_000);
  expect(made * 10_000).toBeLessThan(initialWindowBytes + 30_000);
  call.send({ $case: 'cancel', value: { requestId: 'r1' } });
  await call.inbox.ended;
});

test('a request that has been here before is refused as a loop', async () => {
  const call = callOpen(chatRequest('hi'), { hops: ['a', 'gateway-1', 'b'] });
  expect(await call.inbox.ended).toMatchObject({
    code: 10,
    details: expect.stringMatching(/came back/) as string,
  });
  const long = callOpen(chatRequest('hi'), {
    hops: Array.from({ length: 8 }, (_, hop) => `${hop}`),
  });
  expect(await long.inbox.ended).toMatchObject({ code: 10 });
});

test('a device that may only serve is told so', async () => {
  const server = lake.device({ mayAsk: false });
  app = await server.connect();
  const call = callOpen(chatRequest('hi'));
  expect(await call.inbox.ended).toMatchObject({
    code: 7,
    details: expect.stringMatching(/ask the owner/) as string,
  });
});

test.each([
  ['is nonsense', { body: Buffer.from('{'), bodyBytes: 1 }],
  ['is empty', { body: Buffer.alloc(0), bodyBytes: 0 }],
])('a question that %s is answered with a failure', async (_, change) => {
  const end = await callOpen(chatRequest('hi'), change).inbox.next('end');
  expect(end.failure).toMatchObject({ code: 'unavailable', reason: 'protocol' });
});

test('a question larger than 32 MiB is refused before a byte of it is kept', async () => {
  const call = callOpen(chatRequest('hi'), { body: Buffer.alloc(0), bodyBytes: 2 ** 31 });
  expect((await call.inbox.ended)?.details).toMatch(/more than/);
});

test('a Call of a connection that was replaced is refused', async () => {
  await device.connect();
  const call = callOpen(chatRequest('hi'));
  await call.inbox.ended;
  app = { ...app, client: lake.client() };
  const stale = callOpen(chatRequest('hi'));
  expect(await stale.inbox.ended).toMatchObject({ code: 7 });
});
