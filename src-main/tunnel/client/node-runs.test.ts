import { afterEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceBackend, InferenceChunk } from '../../core/inference.ts';
import { chatRequest, collect } from '../../testing/inference-requests.ts';
import { createRelay } from '../../testing/relay.ts';
import type { Relay } from '../../testing/relay.ts';
import {
  createScriptedBackend,
  finishChunk,
  scriptedHead,
} from '../../testing/scripted-backend.ts';
import { openTestGateway } from './gateway.fixture.ts';
import { createTestHost, joinedNode } from './node.fixture.ts';
import type { TestHost, TestNode } from './node.fixture.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const signal = new AbortController().signal;
const never = (): Promise<never> => new Promise(() => {});

async function open(host: TestHost, faults: { readonly isRingOff?: boolean } = {}) {
  const timing = { runHeartbeatMs: 250, runSilenceMs: 1000 };
  const gateway = await openTestGateway({ server: { timing } });
  opened.push(() => gateway.close());
  const relay: Relay = await createRelay({ to: { port: gateway.port } });
  opened.push(() => relay.close());
  const { trust } = gateway.address;
  const address = { candidates: [`127.0.0.1:${relay.port}`], trust };
  const node: TestNode = joinedNode(gateway, { gateway: address, host, deps: { faults } });
  opened.push(() => node.client.stop());
  node.client.start();
  return { gateway, relay, node, link: await gateway.gate.link() };
}

/** Numbered tokens, with a gate that a test opens at each one. */
function numbered(count: number, before: (index: number) => Promise<unknown> | undefined) {
  return createScriptedBackend(function* () {
    yield scriptedHead;
    for (let index = 0; index < count; index += 1) {
      const wait = before(index);
      if (wait !== undefined) yield () => wait;
      yield { type: 'text', text: `${index} `, tokens: [index] } satisfies InferenceChunk;
    }
    yield finishChunk(count);
  });
}

function tokensOf(chunks: readonly InferenceChunk[]): number[] {
  return chunks.flatMap((chunk) => (chunk.type === 'text' ? [...(chunk.tokens ?? [])] : []));
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('an answer of this machine', () => {
  test('arrives whole, and a long request with its pictures before it', async () => {
    const host = createTestHost({ backend: numbered(500, () => undefined) });
    const { link, node } = await open(host);
    const text = 'long '.repeat(60_000);
    const chunks = await collect(link.infer(chatRequest(text), { signal }));
    expect(tokensOf(chunks)).toEqual(upTo(500));
    expect(chunks.at(-1)).toEqual(finishChunk(500));
    expect(host.admitted[0]?.input).toEqual(chatRequest(text).input);
    expect(host.admitted[0]?.envelope.hops).toEqual(['gateway-of-the-pool']);
    expect(node.client.state().phase).toBe('online');
  });

  test('that fails says why, with code and reason', async () => {
    const preempted = new MillpondError('overloaded', 'Its owner needs the machine', {
      reason: 'preempted',
    });
    const backend = createScriptedBackend(() => [scriptedHead, preempted]);
    const { link } = await open(createTestHost({ backend }));
    await expect(collect(link.infer(chatRequest('hi'), { signal }))).rejects.toMatchObject({
      code: 'overloaded',
      reason: 'preempted',
      message: 'Its owner needs the machine',
    });
  });

  test.each(['short', 'long '.repeat(10_000)])(
    'that its owner does not allow is refused with the sentence (%#)',
    async (text) => {
      const failure = {
        code: 'overloaded',
        message: 'Paused: Blender',
        reason: 'owner-limits',
      } as const;
      const { link } = await open(createTestHost({ admit: () => ({ ok: false, failure }) }));
      await expect(collect(link.infer(chatRequest(text), { signal }))).rejects.toMatchObject(
        failure,
      );
    },
  );

  test('stops in the engine as soon as the caller leaves', async () => {
    const backend = numbered(9, (index) => (index === 1 ? never() : undefined));
    const { link } = await open(createTestHost({ backend }));
    const leave = new AbortController();
    const call = backend.nextCall();
    const answer = collect(link.infer(chatRequest('hi'), { signal: leave.signal }));
    const { aborted } = await call;
    leave.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    await aborted;
  });
});

describe('a cut in the middle of an answer', () => {
  test('loses and repeats nothing: the engine goes on, and so does the answer', async () => {
    const goOn = Promise.withResolvers<unknown>();
    const backend = numbered(300, (index) => (index === 150 ? goOn.promise : undefined));
    const { gateway, relay, link } = await open(createTestHost({ backend }));
    const seen: InferenceChunk[] = [];
    const back = gateway.gate.nextLink();
    for await (const chunk of link.infer(chatRequest('hi'), { signal })) {
      seen.push(chunk);
      if (tokensOf(seen).length !== 20) continue;
      relay.cut();
      goOn.resolve(undefined);
    }
    expect(tokensOf(seen)).toEqual(upTo(300));
    expect((await back).epoch).toBe(2);
    expect(gateway.server.measure()).toMatchObject({ resumes: 1, runs: 0 });
    expect(backend.calls).toHaveLength(1);
  });

  test('is noticed when frames were not kept: nothing is left out in silence', async () => {
    // The control of the test above.
    const goOn = Promise.withResolvers<unknown>();
    const backend = numbered(300, (index) => (index === 150 ? goOn.promise : undefined));
    const { relay, link } = await open(createTestHost({ backend }), { isRingOff: true });
    const seen: InferenceChunk[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of link.infer(chatRequest('hi'), { signal })) {
        seen.push(chunk);
        if (tokensOf(seen).length !== 150) continue;
        relay.hold();
        goOn.resolve(undefined);
        await expect.poll(() => backend.calls[0]?.isClosed).toBe(true);
        relay.cut();
        relay.heal();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('many times over still gives every token once', async () => {
    const backend = numbered(400, (index) =>
      index % 20 === 19 ? new Promise((resolve) => setImmediate(resolve)) : undefined,
    );
    const { gateway, relay, link } = await open(createTestHost({ backend }));
    const seen: InferenceChunk[] = [];
    let cuts = 0;
    for await (const chunk of link.infer(chatRequest('hi'), { signal })) {
      seen.push(chunk);
      if (chunk.type !== 'text' || tokensOf(seen).length % 100 !== 50) continue;
      relay.cut();
      cuts += 1;
    }
    expect(tokensOf(seen)).toEqual(upTo(400));
    expect(cuts).toBe(4);
    expect(gateway.server.measure().runs).toBe(0);
  });

  test('by a pulled plug, without a word, is noticed by silence and gone on from', async () => {
    const goOn = Promise.withResolvers<unknown>();
    const backend = numbered(60, (index) => (index === 30 ? goOn.promise : undefined));
    const { gateway, relay, link, node } = await open(createTestHost({ backend }));
    const seen: InferenceChunk[] = [];
    const closed = new Promise<void>((resolve) => link.on('closed', resolve));
    for await (const chunk of link.infer(chatRequest('hi'), { signal })) {
      seen.push(chunk);
      if (tokensOf(seen).length !== 30) continue;
      relay.hold();
      goOn.resolve(undefined);
      await Promise.all([closed, node.until('waiting')]);
      relay.cut();
      relay.heal();
    }
    expect(tokensOf(seen)).toEqual(upTo(60));
    expect(gateway.server.measure().resumes).toBe(1);
  });

  test('that the gateway did not wait for stops the engine once the machine is back', async () => {
    const backend = numbered(9, (index) => (index === 1 ? never() : undefined));
    const { gateway, relay, link, node } = await open(createTestHost({ backend }));
    const leave = new AbortController();
    const call = backend.nextCall();
    const answer = collect(link.infer(chatRequest('hi'), { signal: leave.signal }));
    const { aborted } = await call;
    const back = gateway.gate.nextLink();
    relay.cut({ keepDown: true });
    leave.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    relay.heal();
    await back;
    await aborted;
    await node.until('online');
  });
});

describe('leaving while answers run', () => {
  test('hands them back at once, so that somebody else can go on', async () => {
    const backend = numbered(9, (index) => (index === 3 ? never() : undefined));
    const { link, node } = await open(createTestHost({ backend }));
    const call = backend.nextCall();
    const answer = collect(link.infer(chatRequest('hi'), { signal }));
    const failed = expect(answer).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'node-lost',
    });
    const { aborted } = await call;
    await node.client.stop();
    await failed;
    await aborted;
  });

  test('by a drain lets them finish and takes nothing new', async () => {
    const finish = Promise.withResolvers<unknown>();
    const backend = numbered(9, (index) => (index === 3 ? finish.promise : undefined));
    const { gateway, link, node } = await open(createTestHost({ backend }));
    const call = backend.nextCall();
    const answer = collect(link.infer(chatRequest('hi'), { signal }));
    await call;
    const drained = node.client.drain('going home');
    await expect.poll(() => link.isDraining).toBe(true);
    await expect(collect(link.infer(chatRequest('me too'), { signal }))).rejects.toMatchObject({
      code: 'overloaded',
      reason: 'draining',
    });
    finish.resolve(undefined);
    expect(tokensOf(await answer)).toEqual(upTo(9));
    await drained;
    expect(node.client.state()).toEqual({ phase: 'closed' });
    await expect.poll(() => gateway.server.links()).toEqual([]);
  });
});

test('an answer that nobody reads holds a bounded amount of memory, and heartbeats go on', async () => {
  const piece = 'x'.repeat(10_000);
  let made = 0;
  const backend: InferenceBackend = {
    async *infer() {
      yield scriptedHead;
      for (made = 0; made < 2_000; made += 1) {
        yield await Promise.resolve({ type: 'text', text: piece } satisfies InferenceChunk);
      }
    },
  };
  const { link, gateway } = await open(createTestHost({ backend }));
  const reader = link.infer(chatRequest('hi'), { signal })[Symbol.asyncIterator]();
  await reader.next();
  await reader.next();
  await expect.poll(() => made).toBeGreaterThan(20);
  const stalledAt = made;
  await link.command({ kind: 'load', modelId: 'guide' }, signal);
  expect(made).toBeLessThan(stalledAt + 20);
  expect(made * piece.length).toBeLessThan(2 * 1024 * 1024);
  expect(gateway.server.measure().bufferedBytes).toBeLessThan(512 * 1024);
  await reader.return?.();
});
