import { beforeEach, describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import type { LoadOptions, ModelManifest, ModelState } from '../../core/model.ts';
import { silentLogger } from '../../platform/logger.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { createFakeEngineFactory } from '../../testing/fake-engine.ts';
import type { FakeEngineFactory, FakeScript } from '../../testing/fake-engine.ts';
import { chatRequest, collect, textOf } from '../../testing/inference-requests.ts';
import { modelInspection } from '../../testing/model-inspection.ts';
import { EngineManager } from './engine-manager.ts';
import type { EngineManagerDeps } from './engine-manager.ts';
import type { LoadRequest } from '../engine.ts';

const gigabyte = 1e9;
const never = new AbortController().signal;

function manifest(id: string, change: Partial<ModelManifest> = {}): ModelManifest {
  return {
    id,
    name: id.toUpperCase(),
    format: 'gguf',
    path: `/models/${id}.gguf`,
    sizeBytes: gigabyte,
    source: 'library',
    digest: `digest-of-${id}`,
    ...change,
  };
}

let clock: FakeClock;
let factory: FakeEngineFactory;
let manager: EngineManager;
let budgetBytes: number;
let idleUnloadMs: number;
let models: Map<string, ModelManifest>;
let predictedBytes: Map<string, number>;
let script: (request: LoadRequest) => FakeScript;

function start(change: Partial<EngineManagerDeps> = {}): void {
  manager = new EngineManager({
    library: { find: (name) => models.get(name === 'alias' ? 'a' : name) },
    factory,
    probe: {
      inspect: (path, options) =>
        Promise.resolve(
          modelInspection({
            predictedBytes: predictedBytes.get(path) ?? gigabyte,
            contextLength: options.contextLength ?? 8192,
            slots: options.slots ?? 4,
          }),
        ),
    },
    clock,
    logger: silentLogger,
    budgetBytes: () => budgetBytes,
    idleUnloadMs: () => idleUnloadMs,
    machineName: () => 'mill',
    ...change,
  });
}

beforeEach(() => {
  clock = createFakeClock();
  budgetBytes = 3 * gigabyte;
  idleUnloadMs = 0;
  models = new Map(['a', 'b', 'c', 'd'].map((id) => [id, manifest(id)]));
  predictedBytes = new Map();
  script = () => ({ says: ['one ', 'two ', 'three'], clock, pieceMs: 1000 });
  factory = createFakeEngineFactory({ script: (request) => script(request), clock, loadMs: 2000 });
  start();
});

function ask(model: string, more: { caller?: string; deadlineAt?: number } = {}) {
  return collect(
    manager.infer(chatRequest('hi', { envelope: { model, ...more } }), { signal: never }),
  );
}

const finishOf = (chunks: readonly InferenceChunk[]) =>
  chunks.find((chunk) => chunk.type === 'finish');
const phaseOf = (name: string): ModelState['phase'] => manager.describe(name).state.phase;

describe('answering', () => {
  test('loads on demand; the answer says who gave it and how long the load took', async () => {
    const answer = ask('alias');
    await clock.advance(5000);
    const chunks = await answer;
    expect(textOf(chunks)).toBe('one two three');
    expect(chunks[0]).toMatchObject({
      type: 'head',
      servedBy: { upstream: 'local', machine: 'mill', model: 'a', digest: 'digest-of-a' },
    });
    expect(finishOf(chunks)).toMatchObject({ timings: { loadMs: 2000, queuedMs: 0 } });
  });

  test('a request that waits for a slot reports queueing, not loading', async () => {
    script = () => ({ says: ['x'], clock, pieceMs: 1000, facts: { slots: 1 } });
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    const first = ask('a');
    const second = ask('a');
    await clock.advance(2000);
    expect(finishOf(await first)).toMatchObject({ timings: { loadMs: 0, queuedMs: 0 } });
    expect(finishOf(await second)).toMatchObject({ timings: { loadMs: 0, queuedMs: 1000 } });
  });

  test('an unknown model is refused by its name', async () => {
    await expect(ask('nobody')).rejects.toMatchObject({ code: 'model-not-found', param: 'model' });
  });

  test('a request whose deadline passes during the load is refused; the load goes on', async () => {
    const answer = ask('a', { deadlineAt: clock.now() + 1000 });
    const refused = expect(answer).rejects.toMatchObject({ code: 'timeout' });
    await clock.advance(2000);
    await refused;
    expect(phaseOf('a')).toBe('ready');
  });

  test('a full queue refuses with an estimate', async () => {
    start({ queueCapacity: 2 });
    const jobs = [ask('a'), ask('a')];
    await expect(ask('a')).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterMs: expect.any(Number) as number,
    });
    await clock.advance(10_000);
    await Promise.all(jobs);
  });

  test('counts tokens of a loaded model and knows nothing about another', async () => {
    expect(await manager.countTokens('a', 'one two', never)).toBeUndefined();
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    expect(await manager.countTokens('a', 'one two', never)).toBe(2);
  });
});

describe('loading', () => {
  test('shows every state on the way, with progress', async () => {
    const states: string[] = [];
    manager.on('changed', (id) => {
      const { state } = manager.describe(id);
      states.push(state.phase === 'loading' ? `loading ${state.share}` : state.phase);
    });
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    await manager.unload('a', { force: false });
    expect([...new Set(states)]).toEqual([
      'loading 0',
      'loading 0.5',
      'ready',
      'draining',
      'installed',
    ]);
  });

  test('loads one model at a time', async () => {
    const both = Promise.all([manager.load('a'), manager.load('b')]);
    await clock.advance(1000);
    expect(factory.loads.map(({ model }) => model.id)).toEqual(['a']);
    expect(phaseOf('b')).toBe('loading');
    await clock.advance(3000);
    await both;
    expect(factory.loads.map(({ model }) => model.id)).toEqual(['a', 'b']);
  });

  test('describes a loaded model in numbers', async () => {
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    expect(manager.describe('a').loaded).toMatchObject({
      contextLength: 2048,
      slots: 4,
      busySlots: 0,
      queued: 0,
      predictedBytes: gigabyte,
      device: 'CPU, 1 thread',
    });
    expect(manager.takenBytes()).toBe(gigabyte);
  });

  test('other options drain the model and load it anew; requests meanwhile wait', async () => {
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    const running = ask('a');
    await clock.advance(1000);
    const reloading = manager.load('a', { contextLength: 512 });
    await settle();
    expect(manager.describe('a').state).toEqual({ phase: 'draining', remaining: 1 });
    const late = ask('a');
    await clock.advance(10_000);
    await Promise.all([running, reloading, late]);
    expect(factory.loads.map(({ options }) => options)).toEqual([{}, { contextLength: 512 }]);
    expect(factory.engines.map(({ requests }) => requests.length)).toEqual([1, 1]);
  });

  test('uses what a person chose for the model', async () => {
    const chosen: LoadOptions = { slots: 2 };
    start({ loadOptions: (id) => (id === 'a' ? chosen : {}) });
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    expect(factory.loads[0]?.options).toEqual(chosen);
  });

  test('unloading stops a load under way and refuses who waited for it', async () => {
    const loading = manager.load('a');
    const stopped = expect(loading).rejects.toMatchObject({ code: 'cancelled' });
    const refused = expect(ask('a')).rejects.toMatchObject({ code: 'unavailable' });
    await clock.advance(1000);
    await manager.unload('a', { force: false });
    await Promise.all([stopped, refused]);
    expect(phaseOf('a')).toBe('installed');
    expect(manager.takenBytes()).toBe(0);
  });

  test('a file with a problem is refused with its sentence, and not tried again at once', async () => {
    models.set('a', manifest('a', { problem: 'a.gguf is not a GGUF file' }));
    await expect(ask('a')).rejects.toMatchObject({
      code: 'model-load-failed',
      message: 'a.gguf is not a GGUF file',
    });
    expect(manager.describe('a').state).toMatchObject({
      phase: 'failed',
      reason: 'a.gguf is not a GGUF file',
      retryAt: clock.now() + 1000,
    });
    await expect(ask('a')).rejects.toMatchObject({ retryAfterMs: 1000 });
    models.set('a', manifest('a'));
    await clock.advance(1000);
    const answer = ask('a');
    await clock.advance(5000);
    expect(textOf(await answer)).toBe('one two three');
  });
});

describe('unloading', () => {
  test('finishes running answers first', async () => {
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    const answer = ask('a');
    await clock.advance(1000);
    const gone = manager.unload('a', { force: false });
    await clock.advance(2000);
    expect(textOf(await answer)).toBe('one two three');
    await gone;
    expect(phaseOf('a')).toBe('installed');
  });

  test('ends running answers when it is forced, also while it was draining', async () => {
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    const failed = expect(ask('a')).rejects.toMatchObject({ code: 'unavailable' });
    await clock.advance(1000);
    const patient = manager.unload('a', { force: false });
    await settle();
    await manager.unload('a', { force: true });
    await Promise.all([patient, failed]);
    expect(phaseOf('a')).toBe('installed');
  });

  test('unloads a model that nobody used for the chosen time, and keeps one in use', async () => {
    idleUnloadMs = 60_000;
    await Promise.all([manager.load('a'), manager.load('b'), clock.advance(4000)]);
    await clock.advance(40_000);
    const answer = ask('b');
    await clock.advance(30_000);
    await answer;
    expect([phaseOf('a'), phaseOf('b')]).toEqual(['installed', 'ready']);
    await clock.advance(60_000);
    expect(phaseOf('b')).toBe('installed');
    expect(clock.waiting).toBe(0);
  });

  test('dispose ends everything and takes no more requests', async () => {
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    const failed = expect(ask('a')).rejects.toMatchObject({ code: 'unavailable' });
    await settle();
    await manager.dispose();
    await failed;
    await expect(ask('b')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('memory', () => {
  test('evicts the least recently used idle model, never one that is answering', async () => {
    script = () => ({ says: ['long'], clock, pieceMs: 30_000 });
    await Promise.all(['a', 'b', 'c'].map((id) => manager.load(id)).concat(clock.advance(6000)));
    const busy = ask('a');
    await settle();
    const loading = manager.load('d');
    await clock.advance(3000);
    await loading;
    expect(['a', 'b', 'c', 'd'].map(phaseOf)).toEqual(['ready', 'installed', 'ready', 'ready']);
    await clock.advance(30_000);
    expect(textOf(await busy)).toBe('long');
  });

  test('a load waits until a busy model has finished', async () => {
    budgetBytes = gigabyte;
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    const answer = ask('a');
    await settle();
    const loading = manager.load('b');
    await clock.advance(2000);
    expect([phaseOf('a'), phaseOf('b')]).toEqual(['ready', 'loading']);
    await clock.advance(3000);
    await Promise.all([answer, loading]);
    expect([phaseOf('a'), phaseOf('b')]).toEqual(['installed', 'ready']);
  });

  test('a model that is too big is refused with the missing gigabytes', async () => {
    predictedBytes.set('/models/a.gguf', 4.35 * gigabyte);
    start({ loadOptions: () => ({ slots: 1, contextLength: 2048 }) });
    await expect(manager.load('a')).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining('A needs 1.3 GB more memory') as string,
    });
    expect(factory.loads).toEqual([]);
    expect(phaseOf('a')).toBe('failed');
  });
});

describe('a small budget', () => {
  test('makes what nobody chose smaller, and the model says so', async () => {
    budgetBytes = 500;
    start({
      probe: {
        inspect: (_path, { slots = 4, contextLength = 8192 }) =>
          Promise.resolve(
            modelInspection({ predictedBytes: 100 * slots + 100, contextLength, slots }),
          ),
      },
    });
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    expect(factory.loads[0]?.options).toEqual({});
    budgetBytes = 300;
    await Promise.all([manager.load('b'), clock.advance(2000)]);
    expect(factory.loads[1]?.options).toEqual({ slots: 2, contextLength: 8192 });
    expect(manager.describe('b').state).toMatchObject({
      phase: 'ready',
      notice: expect.stringContaining('2 slots of 8192 tokens') as string,
    });
    expect(phaseOf('a')).toBe('installed');
  });
});
