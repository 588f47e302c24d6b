import { afterEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceBackend } from '../../core/inference.ts';
import { chatRequest, collect, textOf } from '../../testing/inference-requests.ts';
import { createScriptedBackend, saying, scriptedHead } from '../../testing/scripted-backend.ts';
import { openTestGateway } from './gateway.fixture.ts';
import { joinedNode } from './node.fixture.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const signal = new AbortController().signal;
const never = (): Promise<never> => new Promise(() => {});

async function open(backend: InferenceBackend) {
  const gateway = await openTestGateway({ backend });
  opened.push(() => gateway.close());
  const node = joinedNode(gateway);
  opened.push(() => node.client.stop());
  node.client.start();
  await node.until('online');
  return { gateway, node, pool: node.client.backend };
}

describe('asking a joined pool', () => {
  test('while it is not connected fails at once, so that somebody else can answer', async () => {
    const gateway = await openTestGateway();
    opened.push(() => gateway.close());
    const { client } = joinedNode(gateway);
    await expect(
      collect(client.backend.infer(chatRequest('hi'), { signal })),
    ).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'pool-offline',
      message: 'Attic is not connected right now; it is dialled again by itself',
    });
  });

  test('carries long requests, and names the gateways that they passed', async () => {
    const { gateway, pool } = await open(createScriptedBackend(() => saying('yes')));
    const text = 'long '.repeat(60_000);
    const request = chatRequest(text, { envelope: { hops: ['first'] } });
    expect(textOf(await collect(pool.infer(request, { signal })))).toBe('yes');
    expect(gateway.gate.asked[0]?.input).toEqual(request.input);
    expect(gateway.gate.asked[0]?.envelope.hops).toEqual(['first', 'own-gateway']);
  });

  test('in a circle is refused', async () => {
    const { pool } = await open(createScriptedBackend(() => saying('no')));
    const request = chatRequest('hi', { envelope: { hops: ['gateway-of-the-pool'] } });
    await expect(collect(pool.infer(request, { signal }))).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('passes failures on as they are', async () => {
    const failure = new MillpondError('rate-limited', 'Too much today', { retryAfterMs: 5000 });
    const { pool } = await open(createScriptedBackend(() => [scriptedHead, failure]));
    await expect(collect(pool.infer(chatRequest('hi'), { signal }))).rejects.toMatchObject({
      code: 'rate-limited',
      message: 'Too much today',
      retryAfterMs: 5000,
    });
  });

  test('stops the engine behind the gateway when the caller aborts or leaves the loop', async () => {
    const backend = createScriptedBackend(() => [...saying('a').slice(0, 2), never]);
    const { pool } = await open(backend);
    const leave = new AbortController();
    const first = backend.nextCall();
    const aborting = collect(pool.infer(chatRequest('hi'), { signal: leave.signal }));
    const { aborted } = await first;
    leave.abort();
    await expect(aborting).rejects.toMatchObject({ code: 'cancelled' });
    await aborted;

    const second = backend.nextCall();
    const reader = pool.infer(chatRequest('hi'), { signal })[Symbol.asyncIterator]();
    await reader.next();
    await reader.return?.();
    await (
      await second
    ).aborted;
  });

  test('fails within the answer when the gateway is lost, and never looks complete', async () => {
    const backend = createScriptedBackend(() => [...saying('a').slice(0, 2), never]);
    const { gateway, pool } = await open(backend);
    const reader = pool.infer(chatRequest('hi'), { signal })[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    const next = reader.next();
    await gateway.close();
    await expect(next).rejects.toMatchObject({ code: 'unavailable', reason: 'pool-lost' });
  });

  test('after an abort asks nobody', async () => {
    const { gateway, pool } = await open(createScriptedBackend(() => saying('no')));
    const aborted = AbortSignal.abort();
    await expect(collect(pool.infer(chatRequest('hi'), { signal: aborted }))).rejects.toMatchObject(
      {
        code: 'cancelled',
      },
    );
    expect(gateway.gate.asked).toEqual([]);
  });
});
