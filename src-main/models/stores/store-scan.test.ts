import { chmodSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { gguf, put } from '../library.fixture.ts';
import { openOllamaService } from './closed-folder.ts';
import { putOllamaModel } from './ollama.fixture.ts';
import { readStores } from './store-scan.ts';
import type { StoreSurroundings } from './store-reading.ts';

function surroundings(): StoreSurroundings {
  const homeFolder = temporaryFolder();
  return { platform: 'linux', env: {}, homeFolder, systemRoot: join(homeFolder, 'root') };
}

test('where nobody keeps models there is nothing, and nothing is made', async () => {
  expect(await readStores(surroundings())).toEqual([]);
});

test('every program is read; only those asked for if any are', async () => {
  const around = surroundings();
  const { homeFolder } = around;
  put(homeFolder, '.lmstudio/models/ada/tiny/tiny-Q4_0.gguf');
  putOllamaModel(join(homeFolder, '.ollama/models'), 'registry.ollama.ai/library/tiny/1b', {
    model: gguf('o'),
  });
  put(homeFolder, '.cache/huggingface/hub/models--ada--tiny/snapshots/abc/tiny-Q8_0.gguf');
  put(homeFolder, '.cache/llama.cpp/tiny.gguf');
  put(homeFolder, 'jan/models/tiny/tiny-Q2_K.gguf');
  const readings = await readStores(around);
  expect(readings.map(({ kind, models }) => [kind, models[0]?.names.id])).toEqual([
    ['lm-studio', 'ada/tiny:Q4_0'],
    ['ollama', 'tiny:1b'],
    ['hugging-face', 'ada/tiny:Q8_0'],
    ['llama-cpp', 'tiny'],
    ['jan', 'tiny/tiny:Q2_K'],
  ]);
  expect((await readStores(around, ['jan'])).map(({ kind }) => kind)).toEqual(['jan']);
});

test('two names of one folder are one store', async () => {
  const around = surroundings();
  put(around.homeFolder, '.lmstudio/models/ada/tiny/tiny-Q4_0.gguf');
  mkdirSync(join(around.homeFolder, '.cache'));
  symlinkSync(join(around.homeFolder, '.lmstudio'), join(around.homeFolder, '.cache/lm-studio'));
  expect(await readStores(around)).toHaveLength(1);
});

describe.skipIf(process.getuid?.() === 0)('a folder that is closed to us', () => {
  test('says so with the command that opens it, and the others are read', async () => {
    const around = surroundings();
    put(around.homeFolder, 'jan/models/tiny/tiny-Q2_K.gguf');
    const service = join(around.homeFolder, 'root/usr/share/ollama');
    put(service, '.ollama/models/manifests/x', '');
    chmodSync(service, 0o700);
    chmodSync(join(service, '.ollama'), 0o000);
    onTestFinished(() => {
      chmodSync(join(service, '.ollama'), 0o700);
    });
    const [closed, open] = await readStores(around);
    expect(closed).toMatchObject({ kind: 'ollama', models: [] });
    expect(closed?.command).toContain('sudo chmod');
    expect(open?.kind).toBe('jan');
  });
});

test('people join the group of the Ollama service where that opens its folder', async () => {
  const { models } = makeService(0o750);
  expect((await openOllamaService(models, [])).command).toBe('sudo usermod -aG ollama $USER');
});

test('elsewhere the models are opened to all, and never the key beside them', async () => {
  const closed = makeService(0o700);
  const command = `sudo chmod a+x ${closed.home} ${join(closed.home, '.ollama')} && sudo chmod -R a+rX ${closed.models}`;
  expect((await openOllamaService(closed.models, [])).command).toBe(command);
  const member = makeService(0o750);
  const ownGroups = [statSync(member.home).gid];
  expect((await openOllamaService(member.models, ownGroups)).command).toContain('sudo chmod');
});

function makeService(mode: number): { readonly home: string; readonly models: string } {
  const home = join(temporaryFolder(), 'ollama');
  const models = join(home, '.ollama', 'models');
  mkdirSync(models, { recursive: true });
  chmodSync(home, mode);
  return { home, models };
}
