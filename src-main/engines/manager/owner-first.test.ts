import { beforeEach, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import type { ModelManifest } from '../../core/model.ts';
import { silentLogger } from '../../platform/logger.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { createFakeEngineFactory } from '../../testing/fake-engine.ts';
import type { FakeEngineFactory } from '../../testing/fake-engine.ts';
import { chatRequest, textOf } from '../../testing/inference-requests.ts';
import { modelInspection } from '../../testing/model-inspection.ts';
import type { EngineFactory } from '../engine.ts';
import { EngineManager } from './engine-manager.ts';

const gigabyte = 1e9;
const words = Array.from({ length: 20 }, (_, index) => `w${String(index)} `);
const never = new AbortController().signal;

let clock: FakeClock;
let factory: FakeEngineFactory;
let manager: EngineManager;
let loadMs: number;
let gpuBytesForOthers: number | undefined;
let gpuRoomForOthers: number | undefined;

function manifest(id: string): ModelManifest {
  const path = `/models/${id}.gguf`;
  return { id, name: id.toUpperCase(), format: 'gguf', path, sizeBytes: 1, source: 'library' };
}

beforeEach(() => {
  clock = createFakeClock();
  gpuBytesForOthers = undefined;
  gpuRoomForOthers = undefined;
  loadMs = 0;
  factory = createFakeEngineFactory({
    script: () => ({ says: words, clock, pieceMs: 100, facts: { slots: 2 } }),
  });
  const slowly: EngineFactory = {
    async load(request) {
      await clock.sleep(loadMs, request.signal);
      return await factory.load(request);
    },
  };
  manager = new EngineManager({
    library: { find: (name) => manifest(name) },
    factory: slowly,
    probe: {
      inspect: () => Promise.resolve({ ...modelInspection(), cpuBytes: 0, gpuBytes: 2 * gigabyte }),
    },
    clock,
    logger: silentLogger,
    budgetBytes: () => gigabyte,
    gpuBudgetBytes: () => 3 * gigabyte,
    gpuBytesForOthers: () => gpuBytesForOthers,
    gpuRoomForOthers: () => gpuRoomForOthers,
    idleUnloadMs: () => 0,
    machineName: () => 'mill',
  });
});

/** Reads an answer in the background: what came, and how it ended. */
function ask(who: 'owner' | 'visitor', model = 'a') {
  const seen: InferenceChunk[] = [];
  const envelope = { model, caller: who, priority: 5, isVisitor: who === 'visitor' };
  const request = chatRequest('hi', { envelope });
  const done = (async () => {
    for await (const chunk of manager.infer(request, { signal: never })) seen.push(chunk);
  })().then(
    () => undefined,
    (error: unknown) => MillpondError.from(error),
  );
  return { seen, done, text: () => textOf(seen) };
}

test('the owner takes the slot of the youngest visitor at once, and the visitor hears why', async () => {
  const older = ask('visitor');
  await clock.advance(300);
  const younger = ask('visitor');
  await clock.advance(300);
  const owner = ask('owner');
  await settle();
  expect(await younger.done).toMatchObject({
    code: 'overloaded',
    reason: 'preempted',
    retry: 'elsewhere',
  });
  expect(younger.text()).toBe(words.slice(0, 3).join(''));
  await clock.advance(100);
  expect(owner.text()).toBe('w0 ');
  await clock.advance(5000);
  expect(await older.done).toBeUndefined();
  expect(await owner.done).toBeUndefined();
  expect(older.text()).toBe(words.join(''));
});

test('visitors wait behind the owner and come in when the owner is done', async () => {
  const owners = [ask('owner'), ask('owner')];
  await clock.advance(100);
  const visitor = ask('visitor');
  const third = ask('owner');
  await clock.advance(2100);
  expect(visitor.text()).not.toBe(words.join(''));
  expect(third.text().length).toBeGreaterThan(0);
  await clock.advance(5000);
  expect(await Promise.all([...owners, third, visitor].map(({ done }) => done))).toEqual([
    ...[undefined, undefined, undefined, undefined],
  ]);
});

test('an owner that comes while visitors are just being let in is not left waiting', async () => {
  const loading = manager.load('a');
  await clock.advance(1);
  await loading;
  const visitors = [ask('visitor'), ask('visitor')];
  const owner = ask('owner');
  await clock.advance(150);
  expect(owner.text()).toBe('w0 ');
  await clock.advance(3000);
  const ends = await Promise.all(visitors.map(({ done }) => done));
  expect(ends.map((end) => end?.reason).toSorted()).toEqual(['preempted', undefined]);
});

test('an owner is never preempted', async () => {
  const owners = [ask('owner'), ask('owner'), ask('owner')];
  await clock.advance(10_000);
  expect(await Promise.all(owners.map(({ done }) => done))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('the owner gets another model although visitors are answering with this one', async () => {
  const visitor = ask('visitor', 'a');
  await clock.advance(300);
  const owner = ask('owner', 'b');
  await clock.advance(3000);
  expect(await visitor.done).toMatchObject({ reason: 'preempted' });
  expect(owner.text()).toBe(words.join(''));
  expect(manager.describe('a').state.phase).toBe('installed');
});

test('a visitor never unloads what the owner used lately, and may after a while', async () => {
  const owner = ask('owner', 'a');
  await clock.advance(3000);
  expect(await owner.done).toBeUndefined();
  const visitor = ask('visitor', 'b');
  await clock.advance(61_000);
  expect(await visitor.done).toMatchObject({ code: 'out-of-memory' });
  await clock.advance(600_000);
  const later = ask('visitor', 'b');
  await clock.advance(3000);
  expect(later.text()).toBe(words.join(''));
});

test('models for others stay under the limit that their owner gave them', async () => {
  gpuBytesForOthers = gigabyte;
  const visitor = ask('visitor', 'a');
  await settle();
  expect(await visitor.done).toMatchObject({ code: 'out-of-memory', retry: 'elsewhere' });
  const owner = ask('owner', 'b');
  await clock.advance(3000);
  expect(await owner.done).toBeUndefined();
});

test('what must stay free for the owner is not taken by models for others', async () => {
  gpuRoomForOthers = gigabyte;
  const visitor = ask('visitor', 'a');
  await clock.advance(61_000);
  expect(await visitor.done).toMatchObject({ code: 'out-of-memory' });
  gpuRoomForOthers = 2 * gigabyte;
  const again = ask('visitor', 'a');
  await clock.advance(3000);
  expect(await again.done).toBeUndefined();
});

test('the owner does not wait for a model that others let load', async () => {
  loadMs = 30_000;
  const visitor = ask('visitor', 'a');
  await clock.advance(1000);
  expect(manager.describe('a').state.phase).toBe('loading');
  loadMs = 500;
  const owner = ask('owner', 'b');
  await clock.advance(700);
  expect(owner.text()).toContain('w0 ');
  await clock.advance(70_000);
  expect(await owner.done).toBeUndefined();
  // Its load began again behind the owner's, and found no room beside what the owner uses.
  expect(await visitor.done).toMatchObject({ code: 'out-of-memory', retry: 'elsewhere' });
});

test('releasing gives back what only visitors used and leaves the owner alone', async () => {
  const visitor = ask('visitor', 'a');
  await clock.advance(300);
  await manager.releaseRemote();
  expect(await visitor.done).toMatchObject({ reason: 'preempted' });
  expect(manager.describe('a').state.phase).toBe('installed');

  const owner = ask('owner', 'b');
  await clock.advance(300);
  await manager.releaseRemote();
  expect(manager.describe('b').state.phase).toBe('ready');
  await clock.advance(3000);
  expect(await owner.done).toBeUndefined();
});

test('tells whether its owner is active, and what it measured also after the unload', async () => {
  expect(manager.isOwnerActive()).toBe(false);
  const visitor = ask('visitor');
  await clock.advance(300);
  expect(manager.isOwnerActive()).toBe(false);
  const owner = ask('owner');
  await clock.advance(300);
  expect(manager.isOwnerActive()).toBe(true);
  await clock.advance(5000);
  await Promise.all([visitor.done, owner.done]);
  expect(manager.isOwnerActive()).toBe(false);
  await manager.unload('a', { force: true });
  expect(manager.describe('a').loadMs).toBeGreaterThanOrEqual(0);
});

test('announces what slots hold after each answer', async () => {
  let announcements = 0;
  manager.onSlots(() => (announcements += 1));
  const owner = ask('owner');
  await clock.advance(3000);
  await owner.done;
  expect(announcements).toBeGreaterThan(0);
  expect(manager.slots().map(({ modelId, slot }) => [modelId, slot])).toEqual([
    ['a', 0],
    ['a', 1],
  ]);
});
