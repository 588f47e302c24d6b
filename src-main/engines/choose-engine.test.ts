import { expect, test } from 'vitest';
import type { ModelManifest } from '../core/model.ts';
import { createFakeEngineFactory } from '../testing/fake-engine.ts';
import type { FakeEngineFactory } from '../testing/fake-engine.ts';
import { createEngineChooser } from './choose-engine.ts';
import { failureOf } from './engine.contract.ts';
import type { Sidecar, SidecarStatus } from './sidecars/sidecar.ts';

const command = 'pip install mlx-lm';
const missing: SidecarStatus = {
  isUsable: false,
  reason: `mlx-lm is not installed; get it with: ${command}`,
  command,
};
const installed: SidecarStatus = { isUsable: true, path: '/bin/it' };

interface FakeSidecar extends Sidecar {
  readonly factory: FakeEngineFactory;
}

/** `found` is what the next look finds. */
function fakeSidecar(
  kind: Sidecar['kind'],
  status: SidecarStatus,
  found: SidecarStatus = status,
): FakeSidecar {
  let latest = status;
  const factory = createFakeEngineFactory();
  const format = kind === 'llama-server' ? 'gguf' : 'mlx';
  return {
    kind,
    factory,
    status: () => latest,
    look: () => {
      latest = found;
      return Promise.resolve(latest);
    },
    objection: (model) => (model.format === format ? undefined : `${kind} cannot read that`),
    load: (request) => factory.load(request),
  };
}

const gguf: ModelManifest = {
  id: 'tiny',
  name: 'Tiny',
  format: 'gguf',
  path: '/models/tiny.gguf',
  sizeBytes: 1,
  source: 'library',
};
const seeing: ModelManifest = { ...gguf, projectorPath: '/models/mmproj.gguf' };
const mlx: ModelManifest = { ...gguf, format: 'mlx', path: '/models/tiny' };

function chooserOf(...sidecars: readonly Sidecar[]) {
  const llamaCpp = createFakeEngineFactory();
  return { llamaCpp, chooser: createEngineChooser({ llamaCpp, sidecars }) };
}

function request(model: ModelManifest, options = {}) {
  return { model, options, onProgress: () => {}, signal: new AbortController().signal };
}

test('our own engine runs a GGUF file, also where llama-server is installed', async () => {
  const server = fakeSidecar('llama-server', installed);
  const { chooser, llamaCpp } = chooserOf(server, fakeSidecar('mlx', installed));
  expect(chooser.choices(gguf).map(({ kind }) => kind)).toEqual(['llama-cpp', 'llama-server']);
  await chooser.load(request(gguf));
  expect(llamaCpp.loads).toHaveLength(1);
  expect(server.factory.loads).toHaveLength(0);
});

test('a model with a projector goes to llama-server, so that it sees', async () => {
  const server = fakeSidecar('llama-server', installed);
  const { chooser } = chooserOf(server);
  await chooser.load(request(seeing));
  expect(server.factory.loads).toHaveLength(1);
});

test('without llama-server it still answers, blind, and the choice says what is missing', () => {
  const { chooser } = chooserOf(fakeSidecar('llama-server', missing));
  expect(chooser.chosenKind(seeing, {})).toBe('llama-cpp');
  expect(chooser.choices(seeing)).toEqual([
    { kind: 'llama-cpp', isUsable: true },
    { kind: 'llama-server', isUsable: false, reason: missing.reason, command },
  ]);
});

test('an MLX model goes to the first program that is installed', () => {
  const vllm = fakeSidecar('vllm', installed);
  const both = chooserOf(fakeSidecar('mlx', installed), vllm).chooser;
  expect(both.chosenKind(mlx, {})).toBe('mlx');
  const other = chooserOf(fakeSidecar('mlx', missing), vllm).chooser;
  expect(other.chosenKind(mlx, {})).toBe('vllm');
});

test('what a person chose is used, or refused with the reason', async () => {
  const server = fakeSidecar('llama-server', installed);
  const { chooser } = chooserOf(server, fakeSidecar('mlx', installed));
  await chooser.load(request(gguf, { engine: 'llama-server' }));
  expect(server.factory.loads).toHaveLength(1);
  expect(await failureOf(chooser.load(request(gguf, { engine: 'mlx' })))).toMatchObject({
    code: 'model-load-failed',
    message: 'mlx cannot read that; choose another engine',
  });
  expect((await failureOf(chooser.load(request(mlx, { engine: 'llama-cpp' })))).message).toBe(
    'Our own engine runs GGUF files only; choose another engine for Tiny',
  );
});

test('a model that nothing here can run says the command that helps', async () => {
  const { chooser } = chooserOf(fakeSidecar('mlx', missing));
  const failure = await failureOf(chooser.load(request(mlx)));
  expect(failure).toMatchObject({ code: 'model-load-failed', message: missing.reason });
});

test('a program that was installed in the meantime is found by the load', async () => {
  const sidecar = fakeSidecar('mlx', missing, installed);
  const { chooser } = chooserOf(sidecar);
  await chooser.load(request(mlx));
  expect(sidecar.factory.loads).toHaveLength(1);
});
