import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import type { ModelManifest } from '../../core/model.ts';
import { createForkLauncher } from '../../platform/fork-launcher.ts';
import { silentLogger } from '../../platform/logger.ts';
import type { ChildProcess } from '../../platform/process-launcher.ts';
import { programFilesAt } from '../../platform/program-files.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { chatRequest, collect, textOf } from '../../testing/inference-requests.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { EngineManager } from '../manager/engine-manager.ts';
import { describeEngine } from '../engine.contract.ts';
import type { LoadForecast } from '../ports.ts';
import { createHostedEngineFactory } from './hosted-engine-factory.ts';
import { HostedProbe } from './probe.ts';
import { promisedMs } from '../../testing/patience.ts';

const programFiles = programFilesAt(join(import.meta.dirname, '..', '..'));
const guideFile = join(programFiles.resourcesFolder, 'models', 'guide', 'guide-q8_0.gguf');
const never = new AbortController().signal;
const options = { slots: 2, contextLength: 2048, threads: 1 };

function guide(id: string): ModelManifest {
  return { id, name: id, format: 'gguf', path: guideFile, sizeBytes: 3_555_424, source: 'bundled' };
}

describeEngine('an engine in a process of its own, with Guide', async () => ({
  engine: await createHostedEngineFactory({
    launcher: createForkLauncher(programFiles),
    clock: systemClock,
    defaultThreads: 1,
  }).load({ model: guide('guide'), options, onProgress: () => {}, signal: never }),
  longQuestion: 'count to 60',
}));

describe('engine processes', () => {
  let budgetBytes: number;
  let models: Map<string, ModelManifest>;
  let children: { readonly entry: string; readonly process: ChildProcess }[];
  let manager: EngineManager;
  let probe: HostedProbe;
  let outcomes: Parameters<LoadForecast['learnLoad']>[0][];
  let speeds: number[];
  let correctionBytes: number;

  beforeEach(() => {
    children = [];
    outcomes = [];
    speeds = [];
    correctionBytes = 0;
    models = new Map();
    budgetBytes = 4e9;
    const fork = createForkLauncher(programFiles);
    const launcher: typeof fork = {
      launch(entry, launchOptions) {
        const process = fork.launch(entry, launchOptions);
        children.push({ entry, process });
        return process;
      },
    };
    probe = new HostedProbe({ launcher, clock: systemClock });
    manager = new EngineManager({
      library: { find: (name) => models.get(name) ?? guide(name) },
      factory: createHostedEngineFactory({ launcher, clock: systemClock, defaultThreads: 1 }),
      probe,
      clock: systemClock,
      logger: silentLogger,
      budgetBytes: () => budgetBytes,
      idleUnloadMs: () => 0,
      loadOptions: () => options,
      machineName: () => 'mill',
      forecast: {
        correct: ({ cpuBytes, gpuBytes }) => ({ cpuBytes: cpuBytes + correctionBytes, gpuBytes }),
        predictedSpeed: () => 7,
        learnLoad: (outcome) => void outcomes.push(outcome),
        learnSpeed: ({ tokensPerSecond }) => void speeds.push(tokensPerSecond),
      },
    });
  });

  afterEach(async () => {
    await manager.dispose();
    probe.dispose();
    await Promise.all(children.map(({ process }) => process.exited));
  });

  const engineHosts = () => children.filter(({ entry }) => entry === 'engine-host');
  const ask = (model: string, text: string) =>
    manager.infer(chatRequest(text, { envelope: { model } }), { signal: never });

  test('SIGKILL mid-stream: an error within a second, the other stream goes on, the next request works', async () => {
    await manager.load('victim');
    await manager.load('other');
    const other = collect(ask('other', 'count to 200')).then(textOf);
    const seen: InferenceChunk[] = [];
    let killedAt = 0;
    const stream = (async () => {
      for await (const chunk of ask('victim', 'count to 200')) {
        seen.push(chunk);
        if (chunk.type !== 'text' || killedAt > 0) continue;
        killedAt = performance.now();
        engineHosts()[0]?.process.kill('SIGKILL');
      }
    })();
    await expect(stream).rejects.toMatchObject({ code: 'engine-crashed', retry: 'elsewhere' });
    expect(performance.now() - killedAt).toBeLessThan(promisedMs(1000));
    expect(seen.some((chunk) => chunk.type === 'finish')).toBe(false);
    expect(manager.describe('victim').state).toMatchObject({ phase: 'failed' });
    expect(await other).toContain('199, 200');
    expect(textOf(await collect(ask('victim', 'count to 5')))).toContain('1, 2, 3, 4, 5');
    expect(engineHosts()).toHaveLength(3);
  });

  test('a truncated file gives one sentence, and the next model loads', async () => {
    const path = join(temporaryFolder(), 'half.gguf');
    writeFileSync(path, readFileSync(guideFile).subarray(0, 2_000_000));
    models.set('half', { ...guide('half'), path });
    const failure: unknown = await manager.load('half').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'model-load-failed' });
    expect(manager.describe('half').state).toMatchObject({
      phase: 'failed',
      reason: expect.stringMatching(/^[^\n]{10,200}$/) as string,
    });
    await manager.load('sound');
    expect(manager.describe('sound').state.phase).toBe('ready');
  });

  test('a context that this machine cannot hold is refused in one sentence', async () => {
    await expect(
      manager.load('greedy', { ...options, contextLength: 1_000_000, slots: 16 }),
    ).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/^[^\n]{10,250}$/) as string,
    });
    expect(engineHosts()).toEqual([]);
  });

  test('a model beyond the budget is refused with the missing gigabytes', async () => {
    budgetBytes = 1_000_000;
    await expect(manager.load('guide')).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/^guide needs \d\d\d MB more memory/) as string,
    });
    expect(engineHosts()).toEqual([]);
  });

  test('takes the memory that the probe predicted, and asks it once per file', async () => {
    await manager.load('guide');
    const { predictedBytes } = await probe.inspect(guideFile, options, never);
    expect(manager.takenBytes()).toBe(predictedBytes);
    await manager.unload('guide', { force: false });
    await manager.load('guide');
    expect(children.filter(({ entry }) => entry === 'probe-host')).toHaveLength(1);
    expect(manager.describe('guide').loaded).toMatchObject({ slots: 2, contextLength: 2048 });
  });

  test('after its first answer a load teaches what its process really takes, and how fast it is', async () => {
    correctionBytes = 1_000_000;
    await manager.load('guide');
    expect(manager.describe('guide').loaded).not.toHaveProperty('measuredTokensPerSecond');
    await collect(ask('guide', 'count to 60'));
    const [outcome] = outcomes;
    expect(outcome?.predicted).toEqual({ cpuBytes: expect.any(Number) as number, gpuBytes: 0 });
    const ratio = (outcome?.measuredBytes ?? 0) / (outcome?.predicted.cpuBytes ?? 1);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
    expect(manager.describe('guide').loaded).toMatchObject({
      engine: 'llama-cpp',
      predictedBytes: (outcome?.predicted.cpuBytes ?? 0) + correctionBytes,
      predictedTokensPerSecond: 7,
      measuredTokensPerSecond: speeds[0],
    });
    expect(speeds[0]).toBeGreaterThan(1);
    await collect(ask('guide', 'count to 5'));
    expect(outcomes).toHaveLength(1);
  });
});
