import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelManifest } from '../../core/model.ts';
import { createForkLauncher } from '../../platform/fork-launcher.ts';
import type { ChildProcess, ProcessLauncher } from '../../platform/process-launcher.ts';
import { programFilesAt } from '../../platform/program-files.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { countingPieces, writeScriptedModel } from '../../testing/scripted-gguf.ts';
import { chatRequest, chunksOf, describeEngine, failureOf } from '../engine.contract.ts';
import type { InferenceEngine } from '../engine.ts';
import { createHostedEngineFactory } from '../hosting/hosted-engine-factory.ts';
import { hostProtocolVersion } from '../hosting/host-protocol.ts';
import { isFromEngineHost, isFromProbeHost } from '../hosting/host-messages.ts';
import type { ToEngineHost, ToProbeHost } from '../hosting/host-protocol.ts';

const files = programFilesAt(join(import.meta.dirname, '../..'));
const guidePath = join(files.resourcesFolder, 'models/guide/guide-q8_0.gguf');
const children: ChildProcess[] = [];
let folder: string;

/** The launcher of the headless program, remembering what it started. */
const launcher: ProcessLauncher = {
  launch(entry, options) {
    const child = createForkLauncher(files).launch(entry, options);
    children.push(child);
    return child;
  },
};
const factory = createHostedEngineFactory({ launcher, clock: systemClock, defaultThreads: 1 });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-hosted-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function manifest(path: string): ModelManifest {
  return { id: 'm', name: 'm', format: 'gguf', path, sizeBytes: 1, source: 'library' };
}

function load(path: string, onProgress: (share: number) => void = () => undefined) {
  return factory.load({
    model: manifest(path),
    options: { slots: 2 },
    onProgress,
    signal: new AbortController().signal,
  });
}

describeEngine('the engine in a process of its own, with Guide', async () => ({
  engine: await load(guidePath),
  longQuestion: 'Count to 50',
}));

describeEngine('the engine in a process of its own, with a scripted model', async () => {
  const path = join(folder, 'counter.gguf');
  // The ballast makes a token take a moment, so that an abort can come in the middle.
  writeScriptedModel(path, { says: countingPieces(200), ballastParameters: 1_000_000 });
  return { engine: await load(path), longQuestion: 'Count' };
});

test('shows how far the load is and what the process takes', async () => {
  const shares: number[] = [];
  const engine = await load(guidePath, (share) => shares.push(share));
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  await expect.poll(() => engine.residentBytes()).toBeGreaterThan(20_000_000);
  await engine.dispose();
});

test('a broken file ends the load with its sentence and the process with it', async () => {
  const path = join(folder, 'page.gguf');
  writeFileSync(path, '<!DOCTYPE html>');
  expect(await failureOf(load(path))).toMatchObject({
    code: 'model-load-failed',
    message: 'page.gguf is not a GGUF file, so it cannot be loaded',
  });
  await children.at(-1)?.exited;
});

test('a killed engine fails its answer and says so', async () => {
  const engine: InferenceEngine = await load(guidePath);
  const begun = Promise.withResolvers<undefined>();
  const reading = (async () => {
    const { signal } = new AbortController();
    for await (const chunk of engine.infer(chatRequest('Count to 200', {}), { signal })) {
      if (chunk.type === 'text') begun.resolve(undefined);
    }
  })();
  const failure = failureOf(reading);
  await begun.promise;
  children.at(-1)?.kill('SIGKILL');
  expect((await failure).code).toBe('engine-crashed');
  expect((await engine.closed).reason).toBeDefined();
});

test('frees everything when it is disposed: the process is gone', async () => {
  const engine = await load(guidePath);
  await chunksOf(engine, chatRequest('Hello', { maxTokens: 3 }));
  await engine.dispose();
  expect(await children.at(-1)?.exited).toEqual({ code: 0, signal: null });
});

test('a probe answers what a file is, and says in a sentence what it is not', async () => {
  const probe = launcher.launch('probe-host');
  const answers: unknown[] = [];
  probe.onMessage((message) => answers.push(message));
  const ask = (id: string, path: string): void => {
    probe.post({ type: 'inspect', id, path, options: {} } satisfies ToProbeHost);
  };
  ask('good', guidePath);
  ask('bad', join(folder, 'none.gguf'));
  await expect.poll(() => answers.length).toBe(2);
  expect(answers.every(isFromProbeHost)).toBe(true);
  expect(answers).toMatchObject([
    { type: 'inspected', id: 'good', inspection: { facts: { architecture: 'llama' }, slots: 4 } },
    { type: 'failed', id: 'bad', error: { code: 'model-load-failed' } },
  ]);
  probe.kill();
  await probe.exited;
});

test('an engine process ends when whoever started it is gone', async () => {
  const child = fork(join(files.entryFolder, 'engine-host.ts'), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const ready = new Promise((resolve) => {
    child.on('message', (message: unknown) => {
      if (isFromEngineHost(message) && message.type === 'ready') resolve(undefined);
    });
  });
  const order: ToEngineHost = {
    type: 'load',
    version: hostProtocolVersion,
    path: guidePath,
    options: {},
    defaultThreads: 1,
  };
  child.send(order);
  await ready;
  child.disconnect();
  expect(await exited).toBe(0);
});
