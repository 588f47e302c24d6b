import { expect, test, vi } from 'vitest';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import { chatRequest } from '../engine.contract.ts';
import type { EngineFacts, InferenceEngine } from '../engine.ts';
import { hostProtocolVersion, initialCredit } from '../hosting/host-protocol.ts';
import type { FromEngineHost, ToEngineHost } from '../hosting/host-protocol.ts';
import { runEngineHost } from './engine-host.ts';

const facts: EngineFacts = {
  capabilities: {
    chat: true,
    completion: true,
    embedding: false,
    rerank: false,
    tools: true,
    reasoning: false,
    vision: false,
    continuation: true,
  },
  contextLength: 2048,
  slots: 4,
  memoryBytes: 1000,
  device: 'CPU, 1 thread',
};

type Infer = (request: InferenceRequest, signal: AbortSignal) => AsyncIterable<InferenceChunk>;

async function* noAnswer(): AsyncGenerator<InferenceChunk> {
  await Promise.resolve();
  yield text('unused');
}

function text(content: string): InferenceChunk {
  return { type: 'text', text: content, tokens: [1] };
}

/** A host over memory, with an engine that answers as the test says. */
async function hostWith(infer: Infer = noAnswer) {
  const clock = createFakeClock();
  const sent: FromEngineHost[] = [];
  const dispose = vi.fn(() => Promise.resolve());
  const exit = vi.fn();
  let order: (message: ToEngineHost) => void = () => undefined;
  let close: () => void = () => undefined;
  const engine: InferenceEngine = {
    facts,
    closed: new Promise(() => undefined),
    infer: (request, { signal }) => infer(request, signal),
    residentBytes: () => 4096,
    slots: () => [],
    countTokens: (content) => Promise.resolve(content.length),
    dispose,
  };
  runEngineHost(
    {
      post: (message) => sent.push(message),
      onMessage: (listener) => {
        order = listener;
      },
      onClose: (listener) => {
        close = listener;
      },
    },
    {
      clock,
      exit,
      load: (options) => {
        options.onProgress?.(0.5);
        return Promise.resolve(engine);
      },
    },
  );
  const load = (version: number): void => {
    order({ type: 'load', version, path: 'model.gguf', options: {}, defaultThreads: 1 });
  };
  load(hostProtocolVersion);
  await settle();
  const ask = (id = 'one'): void => {
    order({ type: 'infer', id, request: chatRequest('hi', {}) });
  };
  const chunkMessages = () => sent.filter((message) => message.type === 'chunks');
  return { ask, chunkMessages, clock, close, dispose, exit, order, sent };
}

test('tells progress, then that it is ready, then once a second that it is alive', async () => {
  const { clock, sent } = await hostWith();
  expect(sent).toEqual([
    { type: 'loading', share: 0.5 },
    { type: 'ready', facts },
    { type: 'heartbeat', residentBytes: 4096, slots: [] },
  ]);
  await clock.advance(3000);
  expect(sent.filter((message) => message.type === 'heartbeat')).toHaveLength(4);
});

test('refuses a runtime of another version', async () => {
  const sent: FromEngineHost[] = [];
  let order: (message: ToEngineHost) => void = () => undefined;
  runEngineHost(
    {
      post: (message) => sent.push(message),
      onMessage: (listener) => {
        order = listener;
      },
      onClose: () => undefined,
    },
    { clock: createFakeClock(), exit: () => undefined },
  );
  order({ type: 'load', version: 999, path: 'x', options: {}, defaultThreads: 1 });
  await settle();
  expect(sent).toMatchObject([{ type: 'load-failed', error: { code: 'model-load-failed' } }]);
});

test('sends the first chunks at once and groups what follows closely', async () => {
  const more = Promise.withResolvers<undefined>();
  const { ask, chunkMessages, clock, sent } = await hostWith(async function* () {
    yield text('first');
    yield text('a');
    yield text('b');
    await more.promise;
    yield text('c');
  });
  ask();
  await settle();
  expect(chunkMessages().map((message) => message.chunks.length)).toEqual([1]);
  await clock.advance(15);
  expect(chunkMessages().map((message) => message.chunks.length)).toEqual([1, 2]);
  more.resolve(undefined);
  await settle();
  expect(chunkMessages().map((message) => message.chunks.length)).toEqual([1, 2, 1]);
  expect(sent.at(-1)).toEqual({ type: 'end', id: 'one' });
});

test('does not group more than 32 chunks', async () => {
  const { ask, chunkMessages } = await hostWith(async function* () {
    await Promise.resolve();
    for (let index = 0; index < 100; index += 1) yield text(String(index));
  });
  ask();
  await settle();
  expect(chunkMessages().map((message) => message.chunks.length)).toEqual([1, 32, 32, 32, 3]);
});

test('pauses without credit, goes on with it and loses nothing', async () => {
  let produced = 0;
  const { ask, chunkMessages, order, sent } = await hostWith(async function* () {
    await Promise.resolve();
    for (; produced < initialCredit + 50; produced += 1) yield text(String(produced));
  });
  ask();
  await settle();
  expect(produced).toBe(initialCredit);
  expect(chunkMessages().flatMap((message) => message.chunks)).toHaveLength(initialCredit);
  order({ type: 'credit', id: 'one', chunks: 64 });
  await settle();
  const texts = chunkMessages().flatMap((message) => message.chunks);
  expect(texts).toEqual(
    Array.from({ length: initialCredit + 50 }, (_, index) => text(String(index))),
  );
  expect(sent.at(-1)).toEqual({ type: 'end', id: 'one' });
});

test('passes a cancel to the engine and ends without an error', async () => {
  const { ask, order, sent } = await hostWith(async function* (_request, signal) {
    yield text('first');
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  });
  ask();
  await settle();
  order({ type: 'cancel', id: 'one' });
  await settle();
  expect(sent.at(-1)).toEqual({ type: 'end', id: 'one' });
});

test('cancels also a request that waits for credit', async () => {
  const { ask, order, sent } = await hostWith(async function* () {
    await Promise.resolve();
    for (let index = 0; ; index += 1) yield text(String(index));
  });
  ask();
  await settle();
  order({ type: 'cancel', id: 'one' });
  await settle();
  expect(sent.at(-1)).toEqual({ type: 'end', id: 'one' });
});

test('delivers what came before a failure, then the failure without foreign words', async () => {
  const { ask, sent } = await hostWith(async function* () {
    yield text('first');
    yield text('second');
    await Promise.reject(new Error('secret path /home/me'));
  });
  ask();
  await settle();
  const [, , , first, second, report, end] = sent;
  expect([first, second]).toMatchObject([
    { type: 'chunks', chunks: [{ text: 'first' }] },
    { type: 'chunks', chunks: [{ text: 'second' }] },
  ]);
  // What the slots hold is told before the end, so that whoever hears of it knows.
  expect(report).toMatchObject({ type: 'heartbeat' });
  expect(end).toMatchObject({ type: 'end', id: 'one', error: { code: 'internal' } });
  expect(JSON.stringify(end)).not.toContain('secret');
});

test('counts tokens', async () => {
  const { order, sent } = await hostWith();
  order({ type: 'count', id: 'c', text: 'four' });
  await settle();
  expect(sent.at(-1)).toEqual({ type: 'counted', id: 'c', tokens: 4 });
});

test.each(['shutdown', 'close'] as const)(
  'frees the model, then exits, once, on %s',
  async (how) => {
    const { close, dispose, exit, order } = await hostWith();
    for (let times = 0; times < 2; times += 1) {
      if (how === 'close') close();
      else order({ type: 'shutdown' });
    }
    await settle();
    expect(dispose).toHaveBeenCalledOnce();
    expect(exit).toHaveBeenCalledOnce();
  },
);
