import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { GpuFacts } from '../../core/hardware.ts';
import type { ModelManifest } from '../../core/model.ts';
import { sidecarDeps } from '../../testing/sidecar-deps.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { findProgram, interpreterOf } from './find-program.ts';
import { createMlxLm } from './mlx-lm.ts';
import type { SidecarStatus } from './sidecar.ts';
import { createVllm } from './vllm.ts';

function script(path: string, text: string): string {
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

function places(env: Readonly<Record<string, string>>, homeFolder = '/nonexistent') {
  return { env, platform: 'linux', homeFolder } as const;
}

describe('findProgram', () => {
  test('takes the first of the PATH, and skips what cannot be run', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a', 'tool'), { recursive: true });
    mkdirSync(join(folder, 'b'));
    const path = script(join(folder, 'b', 'tool'), '#!/bin/sh\n');
    const env = { PATH: `${join(folder, 'a')}:${join(folder, 'b')}` };
    expect(await findProgram('tool', 'TOOL', places(env))).toBe(path);
  });

  test('looks where installers put programs that a desktop app does not see', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, '.local', 'bin'), { recursive: true });
    const path = script(join(home, '.local', 'bin', 'tool'), '#!/bin/sh\n');
    expect(await findProgram('tool', 'TOOL', places({ PATH: '' }, home))).toBe(path);
  });

  test('never runs what lies in the current folder', async () => {
    expect(await findProgram('package.json', 'TOOL', places({ PATH: '.:' }))).toBeUndefined();
  });

  test('a chosen path wins, and a wrong one is not replaced in silence', async () => {
    const folder = temporaryFolder();
    const path = script(join(folder, 'mine'), '#!/bin/sh\n');
    script(join(folder, 'tool'), '#!/bin/sh\n');
    expect(await findProgram('tool', 'TOOL', places({ PATH: folder, TOOL: path }))).toBe(path);
    const wrong = places({ PATH: folder, TOOL: '/nowhere/tool' });
    expect(await findProgram('tool', 'TOOL', wrong)).toBeUndefined();
  });
});

test('interpreterOf reads the Python of an installed command, and nothing else', async () => {
  const folder = temporaryFolder();
  const python = script(join(folder, 'one'), '#!/opt/venv/bin/python3.12\nimport sys\n');
  expect(await interpreterOf(python)).toBe('/opt/venv/bin/python3.12');
  expect(await interpreterOf(script(join(folder, 'two'), '#!/bin/sh\nexec x\n'))).toBeUndefined();
});

/** An installed Python command whose packages are these. */
async function lookAt(
  name: 'vllm' | 'mlx_lm.server',
  packages: string,
  gpus: readonly GpuFacts[] = [],
): Promise<SidecarStatus> {
  const folder = temporaryFolder();
  const python = script(join(folder, 'python3'), `#!/bin/sh\nprintf '${packages}'\n`);
  script(join(folder, name), `#!${python}\n`);
  const deps = sidecarDeps({ platform: 'linux', env: { PATH: folder }, gpus: () => gpus });
  onTestFinished(() => deps.http.close());
  return (name === 'vllm' ? createVllm : createMlxLm)(deps).look();
}

const card: GpuFacts = { name: 'RTX', vendor: 'nvidia', isMissing: false };

test('vLLM needs a graphics card that is there, or its build for processors', async () => {
  expect(await lookAt('vllm', 'vllm 0.17.0\\n', [card])).toMatchObject({
    isUsable: true,
    version: '0.17.0',
  });
  expect((await lookAt('vllm', 'vllm 0.17.0\\n')).isUsable).toBe(false);
  expect((await lookAt('vllm', 'vllm 0.17.0\\n', [{ ...card, isMissing: true }])).isUsable).toBe(
    false,
  );
  expect((await lookAt('vllm', 'vllm 0.17.0+cpu\\n')).isUsable).toBe(true);
});

test('mlx-lm without the part that computes is explained', async () => {
  expect(await lookAt('mlx_lm.server', 'mlx-lm 0.32.2\\nmlx 0.32.4\\n')).toMatchObject({
    isUsable: false,
    command: 'pip install "mlx-lm[cpu]"',
  });
  expect(
    await lookAt('mlx_lm.server', 'mlx-lm 0.32.2\\nmlx 0.32.4\\nmlx-cpu 0.32.4\\n'),
  ).toMatchObject({ isUsable: true, version: '0.32.2' });
});

test('vLLM refuses weights that MLX made smaller, and files of llama.cpp', () => {
  const deps = sidecarDeps();
  onTestFinished(() => deps.http.close());
  const sidecar = createVllm(deps);
  const modelWith = (config: string): ModelManifest => {
    const path = temporaryFolder();
    writeFileSync(join(path, 'config.json'), config);
    return { id: 'm', name: 'M', format: 'mlx', path, sizeBytes: 1, source: 'library' };
  };
  const plain = modelWith('{"model_type": "qwen3"}');
  const small = modelWith('{"quantization": {"bits": 4}}');
  expect(sidecar.objection(plain)).toBeUndefined();
  expect(sidecar.objection(small)).toContain('vLLM cannot read');
  expect(sidecar.objection({ ...plain, format: 'gguf' })).toContain('not GGUF');
  // It is asked with every list of models: a disk that sleeps or hangs must not be asked again.
  rmSync(small.path, { recursive: true });
  expect(sidecar.objection(small)).toContain('vLLM cannot read');
});
