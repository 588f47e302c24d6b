import { beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { ModelManifest } from '../../core/model.ts';
import { silentLogger } from '../../platform/logger.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { createFakeEngineFactory } from '../../testing/fake-engine.ts';
import type { FakeEngineFactory, FakeScript } from '../../testing/fake-engine.ts';
import { chatRequest, collect, textOf } from '../../testing/inference-requests.ts';
import { modelInspection } from '../../testing/model-inspection.ts';
import { EngineManager } from './engine-manager.ts';

let clock: FakeClock;
let factory: FakeEngineFactory;
let manager: EngineManager;
let script: () => FakeScript;
let crashLogs: object[];

function manifest(id: string): ModelManifest {
  const path = `/models/${id}.gguf`;
  return { id, name: id.toUpperCase(), format: 'gguf', path, sizeBytes: 1, source: 'library' };
}

beforeEach(() => {
  clock = createFakeClock();
  script = () => ({ says: ['one ', 'two ', 'three'], clock, pieceMs: 1000 });
  factory = createFakeEngineFactory({ script: () => script(), clock, loadMs: 2000 });
  crashLogs = [];
  manager = new EngineManager({
    library: { find: manifest },
    factory,
    probe: {
      inspect: (_path, { slots = 4, contextLength = 8192 }) =>
        Promise.resolve(modelInspection({ predictedBytes: 1000, contextLength, slots })),
    },
    clock,
    logger: { ...silentLogger, error: (data) => crashLogs.push(data) },
    budgetBytes: () => 1e6,
    idleUnloadMs: () => 0,
    machineName: () => 'mill',
  });
});

function ask(model: string) {
  const { signal } = new AbortController();
  return collect(manager.infer(chatRequest('hi', { envelope: { model } }), { signal }));
}

describe('crashes', () => {
  const crash = async (reason = 'a test said so'): Promise<void> => {
    factory.engines.at(-1)?.crash(reason, ['the last words']);
    await settle();
  };

  test('fail running requests as retryable; waiting ones are served by the restart', async () => {
    script = () => ({ says: ['x', 'y'], clock, pieceMs: 1000, facts: { slots: 1 } });
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    const running = expect(ask('a')).rejects.toMatchObject({
      code: 'engine-crashed',
      retry: 'elsewhere',
    });
    const waiting = ask('a');
    await clock.advance(1000);
    await crash();
    await running;
    expect(manager.describe('a').state).toMatchObject({
      phase: 'failed',
      reason: expect.stringContaining('a test said so') as string,
      retryAt: clock.now() + 1000,
    });
    await clock.advance(999);
    expect(factory.loads).toHaveLength(1);
    await clock.advance(1 + 2000 + 2000);
    expect(textOf(await waiting)).toBe('xy');
  });

  test('do not touch the streams of another model', async () => {
    await Promise.all([manager.load('a'), manager.load('b'), clock.advance(4000)]);
    const other = ask('a');
    const failed = expect(ask('b')).rejects.toMatchObject({ code: 'engine-crashed' });
    await clock.advance(1000);
    await crash();
    await failed;
    await clock.advance(2000);
    expect(textOf(await other)).toBe('one two three');
  });

  test('without requests the restart waits for the next one', async () => {
    await Promise.all([manager.load('a'), clock.advance(2000)]);
    await crash();
    await clock.advance(60_000);
    expect(factory.loads).toHaveLength(1);
    const answer = ask('a');
    await clock.advance(5000);
    expect(textOf(await answer)).toBe('one two three');
  });

  test('in a loop lead to a smaller context, then to the processor, then to failed with the reason', async () => {
    for (const expected of [
      {},
      {},
      {},
      { contextLength: 4096, slots: 1 },
      { contextLength: 4096, slots: 1, gpuLayers: 0 },
    ]) {
      const answer = ask('a').catch((error: unknown) => error);
      await clock.advance(20_000);
      expect(factory.loads.at(-1)?.options).toEqual(expected);
      await answer;
      await crash('memory ran out');
    }
    expect(factory.loads).toHaveLength(5);
    const { state } = manager.describe('a');
    expect(state).toMatchObject({
      phase: 'failed',
      reason: expect.stringMatching(/memory ran out.*5 times in five minutes/) as string,
    });
    await expect(ask('a')).rejects.toMatchObject({ code: 'model-load-failed' });
    expect(factory.loads).toHaveLength(5);
    expect(crashLogs).toHaveLength(5);
    expect(crashLogs[0]).toMatchObject({ model: 'A', logTail: ['the last words'] });
  });

  test('a degraded model says that it runs with less, and a load by hand restores it', async () => {
    for (let count = 0; count < 3; count += 1) {
      const loading = ask('a');
      await clock.advance(20_000);
      await loading;
      await crash();
    }
    const answer = ask('a');
    await clock.advance(20_000);
    await answer;
    expect(manager.describe('a').state).toMatchObject({
      phase: 'ready',
      notice: expect.stringContaining('After three crashes') as string,
    });
    const loading = manager.load('a');
    await clock.advance(5000);
    await loading;
    expect(factory.loads.at(-1)?.options).toEqual({});
    expect(manager.describe('a').state).not.toHaveProperty('notice');
  });

  test('during a load count as well', async () => {
    script = () => {
      throw new MillpondError('engine-crashed', 'A could not be started: it was told to');
    };
    const loading = manager.load('a');
    const failed = expect(loading).rejects.toMatchObject({ code: 'engine-crashed' });
    await clock.advance(2000);
    await failed;
    expect(manager.describe('a').state).toMatchObject({
      phase: 'failed',
      retryAt: clock.now() + 1000,
    });
  });
});
