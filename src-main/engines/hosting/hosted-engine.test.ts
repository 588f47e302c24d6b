import { beforeEach, describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import type { ModelManifest } from '../../core/model.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { FakeEngine } from '../../testing/fake-engine.ts';
import { createFakeLauncher } from '../../testing/fake-process.ts';
import type { FakeLauncher, FakeProcess } from '../../testing/fake-process.ts';
import { chatRequest, collect, textOf } from '../../testing/inference-requests.ts';
import type { InferenceEngine } from '../engine.ts';
import { initialCredit } from './host-protocol.ts';
import { createHostedEngineFactory } from './hosted-engine-factory.ts';

const model: ModelManifest = {
  id: 'guide',
  name: 'Guide',
  format: 'gguf',
  path: '/models/guide.gguf',
  sizeBytes: 1,
  source: 'bundled',
};
const { facts } = new FakeEngine();
const never = new AbortController().signal;

let clock: FakeClock;
let launcher: FakeLauncher;

beforeEach(() => {
  clock = createFakeClock();
  launcher = createFakeLauncher();
});

function load(signal = never, onProgress: (share: number) => void = () => {}) {
  const factory = createHostedEngineFactory({ launcher, clock, defaultThreads: 3 });
  const loading = factory.load({ model, options: { slots: 2 }, onProgress, signal });
  const child = launcher.children.at(-1);
  if (child === undefined) throw new Error('nothing was launched');
  return { loading, child };
}

async function loaded(): Promise<{ engine: InferenceEngine; child: FakeProcess }> {
  const { loading, child } = load();
  child.say({ type: 'ready', facts });
  return { engine: await loading, child };
}

const text = (piece: string): InferenceChunk => ({ type: 'text', text: piece });

describe('loading', () => {
  test('orders the model with its options and reports progress until the host is ready', async () => {
    const shares: number[] = [];
    const { loading, child } = load(never, (share) => shares.push(share));
    expect(child.received).toEqual([
      { type: 'load', version: 1, path: model.path, options: { slots: 2 }, defaultThreads: 3 },
    ]);
    child.say({ type: 'loading', share: 0.25 });
    child.say({ type: 'loading', share: 0.75 });
    child.say({ type: 'ready', facts });
    expect((await loading).facts).toEqual(facts);
    expect(shares).toEqual([0.25, 0.75]);
  });

  test('a failed load keeps its code and sentence, and leaves no process behind', async () => {
    const { loading, child } = load();
    const error = { code: 'out-of-memory', message: 'It needs 2 GB more' };
    child.say({ type: 'load-failed', error });
    await expect(loading).rejects.toMatchObject(error);
    expect(child.signals).toEqual(['SIGKILL']);
  });

  test('a process that dies while loading is a crash, told in plain words', async () => {
    const { loading, child } = load();
    child.exit({ code: null, signal: 'SIGILL' }, ['first line', 'second line']);
    await expect(loading).rejects.toMatchObject({
      code: 'engine-crashed',
      cause: new Error('first line\nsecond line'),
      message: expect.stringContaining('this processor lacks an instruction') as string,
    });
  });

  test('an abort ends the process and rejects with its reason', async () => {
    const stop = new AbortController();
    const { loading, child } = load(stop.signal);
    stop.abort(new Error('not wanted any more'));
    await expect(loading).rejects.toThrow('not wanted any more');
    expect(child.signals).toEqual(['SIGKILL']);
  });

  test('a host that says nothing for two minutes is given up', async () => {
    const { loading, child } = load();
    const refused = expect(loading).rejects.toMatchObject({ code: 'engine-crashed' });
    await clock.advance(60_000);
    child.say({ type: 'loading', share: 0.1 });
    await clock.advance(119_000);
    expect(child.signals).toEqual([]);
    await clock.advance(1000);
    await refused;
  });
});

describe('answering', () => {
  test('delivers the chunks of two requests apart and in order', async () => {
    const { engine, child } = await loaded();
    const first = collect(engine.infer(chatRequest('1'), { signal: never }));
    const second = collect(engine.infer(chatRequest('2'), { signal: never }));
    await settle();
    child.say({ type: 'chunks', id: '1', chunks: [text('a'), text('b')] });
    child.say({ type: 'chunks', id: '2', chunks: [text('x')] });
    child.say({ type: 'chunks', id: '1', chunks: [text('c')] });
    child.say({ type: 'end', id: '2' });
    child.say({ type: 'end', id: '1' });
    expect(textOf(await first)).toBe('abc');
    expect(textOf(await second)).toBe('x');
    expect(child.received).not.toContainEqual(expect.objectContaining({ type: 'cancel' }));
  });

  test('gives credit only for what the reader took', async () => {
    const { engine, child } = await loaded();
    const answer = engine.infer(chatRequest('hi'), { signal: never })[Symbol.asyncIterator]();
    const first = answer.next();
    const chunks = Array.from({ length: initialCredit }, () => text('.'));
    child.say({ type: 'chunks', id: '1', chunks });
    await first;
    await settle();
    const credit = () =>
      child.received.filter((message) => JSON.stringify(message).includes('credit'));
    expect(credit()).toEqual([]);
    for (let taken = 1; taken < initialCredit / 2; taken += 1) await answer.next();
    expect(credit()).toEqual([
      { type: 'credit', id: '1', chunks: initialCredit / 4 },
      { type: 'credit', id: '1', chunks: initialCredit / 4 },
    ]);
    await answer.return?.();
  });

  test('cancels at the host when the reader leaves', async () => {
    const { engine, child } = await loaded();
    const answer = engine.infer(chatRequest('hi'), { signal: never });
    const reading = (async () => {
      for await (const chunk of answer) if (chunk.type === 'text') break;
    })();
    await settle();
    child.say({ type: 'chunks', id: '1', chunks: [text('a')] });
    await reading;
    expect(child.received.at(-1)).toEqual({ type: 'cancel', id: '1' });
  });

  test('cancels at the host at once on abort, also when nobody is pulling', async () => {
    const { engine, child } = await loaded();
    const stop = new AbortController();
    const answer = engine.infer(chatRequest('hi'), { signal: stop.signal })[Symbol.asyncIterator]();
    const first = answer.next();
    child.say({ type: 'chunks', id: '1', chunks: [text('a')] });
    await first;
    stop.abort(new Error('left'));
    expect(child.received.at(-1)).toEqual({ type: 'cancel', id: '1' });
    await expect(answer.next()).rejects.toThrow('left');
  });

  test('counts tokens, and passes a failure of one request on to that request only', async () => {
    const { engine, child } = await loaded();
    const count = engine.countTokens('hello', never);
    const answer = collect(engine.infer(chatRequest('hi'), { signal: never }));
    await settle();
    child.say({ type: 'end', id: '2', error: { code: 'context-overflow', message: 'Too long' } });
    child.say({ type: 'counted', id: '1', tokens: 5 });
    await expect(answer).rejects.toMatchObject({ code: 'context-overflow' });
    expect(await count).toBe(5);
  });

  test('knows memory and slots from the newest heartbeat', async () => {
    const { engine, child } = await loaded();
    expect(engine.residentBytes()).toBeUndefined();
    const slots = [{ slot: 0, isBusy: true, heldTokens: 9, marks: [] }];
    child.say({ type: 'heartbeat', residentBytes: 123, slots });
    expect(engine.residentBytes()).toBe(123);
    expect(engine.slots()).toEqual(slots);
  });
});

describe('the end', () => {
  test('a crash delivers what was said, then fails with one sentence, and explains itself', async () => {
    const { engine, child } = await loaded();
    const seen: InferenceChunk[] = [];
    const reading = (async () => {
      for await (const chunk of engine.infer(chatRequest('hi'), { signal: never }))
        seen.push(chunk);
    })();
    await settle();
    child.say({ type: 'chunks', id: '1', chunks: [text('half')] });
    child.exit({ code: null, signal: 'SIGSEGV' }, ['ggml_assert failed']);
    await expect(reading).rejects.toMatchObject({
      code: 'engine-crashed',
      message: expect.stringMatching(
        /^The engine of Guide stopped: .*native code.*ggml_assert/,
      ) as string,
    });
    expect(textOf(seen)).toBe('half');
    expect(await engine.closed).toMatchObject({ logTail: ['ggml_assert failed'] });
    const late = collect(engine.infer(chatRequest('again'), { signal: never }));
    await expect(late).rejects.toMatchObject({ code: 'engine-crashed' });
  });

  test('ten seconds without a heartbeat end a hanging process and fail its requests', async () => {
    const { engine, child } = await loaded();
    const answer = collect(engine.infer(chatRequest('hi'), { signal: never }));
    const failed = expect(answer).rejects.toMatchObject({
      code: 'engine-crashed',
      message: expect.stringContaining('it stopped responding') as string,
    });
    await clock.advance(9000);
    child.say({ type: 'heartbeat', residentBytes: 1, slots: [] });
    await clock.advance(9900);
    expect(child.signals).toEqual([]);
    await clock.advance(100);
    expect(child.signals).toEqual(['SIGKILL']);
    await failed;
    expect(await engine.closed).toMatchObject({ reason: 'it stopped responding' });
  });

  test('dispose asks politely and ends a process that does not go within five seconds', async () => {
    const { engine, child } = await loaded();
    const answer = collect(engine.infer(chatRequest('hi'), { signal: never }));
    const failed = expect(answer).rejects.toMatchObject({ code: 'unavailable' });
    await settle();
    const gone = engine.dispose();
    await failed;
    expect(child.received.at(-1)).toEqual({ type: 'shutdown' });
    await clock.advance(4999);
    expect(child.signals).toEqual([]);
    await clock.advance(1);
    await gone;
    expect(child.signals).toEqual(['SIGKILL']);
    expect(await engine.closed).toEqual({});
    await clock.advance(60_000);
  });
});
