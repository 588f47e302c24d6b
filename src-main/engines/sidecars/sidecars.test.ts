import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { LoadOptions, ModelManifest } from '../../core/model.ts';
import { createProgramLauncher } from '../../platform/program-launcher.ts';
import type { RunningProgram } from '../../platform/program-launcher.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { writeFakeProgram } from '../../testing/fake-program.ts';
import type { FakeProgramBehaviour } from '../../testing/fake-program.ts';
import { sidecarDeps } from '../../testing/sidecar-deps.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { chatRequest, chunksOf, describeEngine, failureOf, textOf } from '../engine.contract.ts';
import type { InferenceEngine } from '../engine.ts';
import { createLlamaServer } from './llama-server.ts';
import { createMlxLm } from './mlx-lm.ts';
import type { Sidecar, SidecarDeps } from './sidecar.ts';
import { createVllm } from './vllm.ts';

// Recorded fakes: programs of ours that take the arguments of the real ones and speak as they do,
// run as real processes. The real programs are run by `npm run test:sidecars`.

const programs = {
  'llama-server': { file: 'llama-server', create: createLlamaServer, format: 'gguf' },
  vLLM: { file: 'vllm', create: createVllm, format: 'mlx' },
  'mlx_lm.server': { file: 'mlx_lm.server', create: createMlxLm, format: 'mlx' },
} as const;
type ProgramName = keyof typeof programs;
const names = ['llama-server', 'vLLM', 'mlx_lm.server'] as const;

function sidecarIn(
  folder: string,
  name: ProgramName,
  behaviour: FakeProgramBehaviour = {},
  change: Partial<SidecarDeps> = {},
): Sidecar & { readonly close: () => Promise<void> } {
  const { file, create } = programs[name];
  writeFakeProgram(folder, file, behaviour);
  const deps = sidecarDeps({ platform: 'linux', env: { PATH: folder }, ...change });
  return { ...create(deps), close: () => deps.http.close() };
}

function modelFor(name: ProgramName, change: Partial<ModelManifest> = {}): ModelManifest {
  return {
    id: 'tiny',
    name: 'Tiny',
    format: programs[name].format,
    // The fakes never open it; it only has to exist.
    path: import.meta.dirname,
    sizeBytes: 1000,
    source: 'library',
    ...change,
  };
}

function load(
  sidecar: Sidecar,
  model: ModelManifest,
  options: LoadOptions = {},
  signal = new AbortController().signal,
): Promise<InferenceEngine> {
  return sidecar.load({
    model,
    options: { slots: 2, contextLength: 2048, ...options },
    onProgress: () => {},
    signal,
  });
}

/** One program for one test, gone after it. */
function sidecarFor(
  name: ProgramName,
  behaviour: FakeProgramBehaviour = {},
  change: Partial<SidecarDeps> = {},
): Sidecar {
  const sidecar = sidecarIn(temporaryFolder(), name, behaviour, change);
  onTestFinished(() => sidecar.close());
  return sidecar;
}

describe.each(names)('the recorded fake of %s', (name) => {
  let folder: string;
  let sidecar: ReturnType<typeof sidecarIn>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millpond-sidecar-'));
    sidecar = sidecarIn(folder, name, { pieceMs: 1 });
  });

  afterAll(async () => {
    await sidecar.close();
    rmSync(folder, { recursive: true });
  });

  describeEngine('keeps the promises of an engine', async () => ({
    engine: await load(sidecar, modelFor(name)),
    longQuestion: 'count to sixty',
    ...(name === 'llama-server' && { hidesStopSequence: true }),
  }));
});

const record = z.object({ args: z.array(z.string()), variables: z.array(z.string()) });

async function startedWith(
  name: ProgramName,
  options: LoadOptions,
  model: Partial<ModelManifest> = {},
): Promise<z.output<typeof record>> {
  const recordTo = join(temporaryFolder(), 'started.json');
  const engine = await load(sidecarFor(name, { recordTo }), modelFor(name, model), options);
  await engine.dispose();
  return record.parse(JSON.parse(readFileSync(recordTo, 'utf8')));
}

test('llama-server is started with what was chosen', async () => {
  const { args } = await startedWith(
    'llama-server',
    { slots: 3, contextLength: 1024, gpuLayers: 7, threads: 5, flashAttention: true, gpus: [] },
    { projectorPath: '/models/mmproj.gguf' },
  );
  const line = args.join(' ');
  expect(line).toContain(
    `--model ${import.meta.dirname} --jinja --threads 5 --parallel 3 --ctx-size 3072`,
  );
  expect(line).toContain('--mmproj /models/mmproj.gguf --device none --gpu-layers 7');
  expect(line).toContain('--flash-attn on');
});

test('a smaller cache is chosen for keys and values', async () => {
  const { args } = await startedWith('llama-server', { cacheType: 'q8_0' });
  expect(args.join(' ')).toContain('--cache-type-k q8_0 --cache-type-v q8_0');
});

test.each(['llama-server', 'vLLM'] as const)(
  '%s is given its key where other users of the machine cannot read it',
  async (name) => {
    const { args, variables } = await startedWith(name, {});
    expect(args.some((arg) => arg.includes('api-key'))).toBe(false);
    expect(variables).toContain(name === 'vLLM' ? 'VLLM_API_KEY' : 'LLAMA_API_KEY');
  },
);

test.each(['vLLM', 'mlx_lm.server'] as const)('%s is kept from the hub', async (name) => {
  expect((await startedWith(name, {})).variables).toContain('HF_HUB_OFFLINE');
});

test('a program that dies while it loads says why, and that its memory ran out', async () => {
  const sidecar = sidecarFor('vLLM', {
    fails: { lines: ['INFO starting', 'torch.OutOfMemoryError: CUDA out of memory.'], code: 1 },
  });
  expect(await failureOf(load(sidecar, modelFor('vLLM')))).toMatchObject({
    code: 'out-of-memory',
    message:
      'vLLM could not load Tiny: memory ran out (its last words: torch.OutOfMemoryError: CUDA out of memory.)',
  });
});

test('a program that dies for another reason says its last words', async () => {
  const fails = { lines: ['error: unknown model architecture'], code: 1 };
  const failure = await failureOf(
    load(sidecarFor('llama-server', { fails }), modelFor('llama-server')),
  );
  expect(failure.code).toBe('model-load-failed');
  expect(failure.message).toContain('unknown model architecture');
});

test('a server with another model is not taken for ours', async () => {
  const sidecar = sidecarFor('llama-server', { serves: 'somebody-elses' });
  expect(await failureOf(load(sidecar, modelFor('llama-server')))).toMatchObject({
    code: 'model-load-failed',
  });
});

test('waits for as long as the program loads', async () => {
  const engine = await load(sidecarFor('vLLM', { loadMs: 400 }), modelFor('vLLM'));
  expect(textOf(await chunksOf(engine, chatRequest('[say ready]', {})))).toBe('ready');
  await engine.dispose();
});

/** The real launcher, which tells of each server that it starts. */
function launcherTelling(onStart: (program: RunningProgram) => void): SidecarDeps['launcher'] {
  const real = createProgramLauncher();
  return {
    launch(launch) {
      const program = real.launch(launch);
      if (launch.args.includes('--port')) onStart(program);
      return program;
    },
  };
}

test('an abort ends a program that is still loading', async () => {
  const stop = new AbortController();
  const started = Promise.withResolvers<RunningProgram>();
  const launcher = launcherTelling((program) => {
    started.resolve(program);
    stop.abort(new Error('changed my mind'));
  });
  const sidecar = sidecarFor('llama-server', { loadMs: 60_000 }, { launcher });
  const loading = load(sidecar, modelFor('llama-server'), {}, stop.signal);
  await expect(loading).rejects.toThrow('changed my mind');
  expect((await (await started.promise).exited).signal).toBe('SIGTERM');
});

test('a program that ignores the polite signal is ended by the other', async () => {
  // Ten seconds pass in one.
  const clock = {
    ...systemClock,
    after: (ms: number, run: () => void) => systemClock.after(ms / 10, run),
  };
  const sidecar = sidecarFor('llama-server', { ignoresSigterm: true }, { clock });
  const engine = await load(sidecar, modelFor('llama-server'));
  await engine.dispose();
  expect(await engine.closed).toEqual({});
});

test('a program that is killed while it answers fails that answer, and says how it ended', async () => {
  let running: RunningProgram | undefined;
  const launcher = launcherTelling((program) => {
    running = program;
  });
  const sidecar = sidecarFor('llama-server', { pieceMs: 5 }, { launcher });
  const engine = await load(sidecar, modelFor('llama-server'));
  const answer = (async () => {
    const { signal } = new AbortController();
    for await (const chunk of engine.infer(chatRequest('count', {}), { signal })) {
      if (chunk.type === 'text') running?.kill('SIGKILL');
    }
  })();
  const failure = await failureOf(answer);
  expect(failure).toMatchObject({ code: 'engine-crashed', retry: 'elsewhere' });
  expect(failure.message).toContain('it was killed from outside');
  expect((await engine.closed).reason).toContain('it was killed from outside');
  await expect(chunksOf(engine, chatRequest('count', {}))).rejects.toBe(failure);
});

describe('a program that is missing', () => {
  const cases = [
    ['llama-server', 'darwin', 'brew install llama.cpp'],
    ['llama-server', 'win32', 'winget install llama.cpp'],
    ['mlx_lm.server', 'darwin', 'pip install mlx-lm'],
    ['mlx_lm.server', 'linux', 'pip install "mlx-lm[cpu]"'],
    ['vLLM', 'linux', 'pip install vllm'],
  ] as const;
  test.each(cases)('%s on %s is explained with %s', async (name, platform, command) => {
    const { create } = programs[name];
    const deps = sidecarDeps({ platform, architecture: 'arm64', env: { PATH: '' } });
    onTestFinished(() => deps.http.close());
    const sidecar = create(deps);
    const status = await sidecar.look();
    expect(status).toMatchObject({ isUsable: false, command });
    const failure = await failureOf(load(sidecar, modelFor(name)));
    expect(failure.code).toBe('model-load-failed');
    expect(failure.message).toContain(command);
  });

  test.each([
    ['mlx_lm.server', 'win32'],
    ['vLLM', 'darwin'],
  ] as const)('%s is not offered on %s, where nothing would help', async (name, platform) => {
    const deps = sidecarDeps({ platform, architecture: 'x64' });
    onTestFinished(() => deps.http.close());
    const status = await programs[name].create(deps).look();
    expect(status.isUsable).toBe(false);
    expect(status).not.toHaveProperty('command');
  });
});

test('llama-server sees only with a projector that it has loaded', async () => {
  const sidecar = sidecarFor('llama-server', { sees: true });
  const engine = await load(sidecar, modelFor('llama-server', { projectorPath: '/m/mmproj.gguf' }));
  expect(engine.facts.capabilities).toMatchObject({ vision: true, continuation: false });
  await engine.dispose();
});
