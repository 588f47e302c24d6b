import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import { chatRequest, collect } from '../../testing/inference-requests.ts';
import { encodeChunk } from '../wire/chunk-codec.ts';
import { initialWindowBytes, maxFrameBytes } from '../wire/protocol.ts';
import { askAndBegin } from './asking.fixture.ts';
import { openRun, openTestServer } from './tunnel-server.fixture.ts';
import type { Connected, TestServer } from './tunnel-server.fixture.ts';

let lake: TestServer;
let attic: Connected;
beforeEach(async () => {
  lake = await openTestServer();
  attic = await lake.device().connect();
  await expect.poll(() => lake.link().advert).toBeDefined();
});
afterEach(async () => {
  await lake.close();
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
  const { outcome, run } = await askAndBegin(lake, attic);
  run.frame(9, 10);
  expect(await outcome).toMatchObject({ code: 'unavailable', reason: 'protocol' });
  expect(await run.inbox.ended).toMatchObject({
    details: expect.stringMatching(/frame 9/) as string,
  });
});
