import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../core/inference.ts';
import type { ModelManifest } from '../core/model.ts';
import { createForkLauncher } from '../platform/fork-launcher.ts';
import { silentLogger } from '../platform/logger.ts';
import type { ChildProcess } from '../platform/process-launcher.ts';
import { programFilesAt } from '../platform/program-files.ts';
import { systemClock } from '../platform/system-clock.ts';
import { chatRequest, collect, textOf } from '../testing/inference-requests.ts';
import { createEngineManager } from './engine-manager.ts';
import type { EngineManager } from './engine-manager.ts';
import { describeEngine } from './engine.contract.ts';
import { createHostedEngineFactory } from './hosted-engine-factory.ts';
import { HostedProbe } from './probe.ts';

const programFiles = programFilesAt(join(import.meta.dirname, '..'));
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
  let children: { readonly entry: string; readonly process: ChildProcess }[];
  let manager: EngineManager;
  let probe: HostedProbe;

  beforeEach(() => {
    children = [];
    const fork = createForkLauncher(programFiles);
    const launcher: typeof fork = {
      launch(entry, launchOptions) {
        const process = fork.launch(entry, launchOptions);
        children.push({ entry, process });
        return process;
      },
    };
    probe = new HostedProbe({ launcher, clock: systemClock });
    manager = createEngineManager({
      library: { find: guide },
      factory: createHostedEngineFactory({ launcher, clock: systemClock, defaultThreads: 1 }),
      probe,
      clock: systemClock,
      logger: silentLogger,
      budgetBytes: () => 4e9,
      idleUnloadMs: () => 0,
      loadOptions: () => options,
      machineName: 'mill',
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
    expect(performance.now() - killedAt).toBeLessThan(1000);
    expect(seen.some((chunk) => chunk.type === 'finish')).toBe(false);
    expect(manager.describe('victim').state).toMatchObject({ phase: 'failed' });
    expect(await other).toContain('199 200');
    expect(textOf(await collect(ask('victim', 'count to 5')))).toContain('1 2 3 4 5');
    expect(engineHosts()).toHaveLength(3);
  });
});
