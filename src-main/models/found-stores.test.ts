import { linkSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import type { StoreKind } from '../core/model.ts';
import { FoundStores } from './found-stores.ts';
import type { FoundStore } from './found-stores.ts';
import { createLibrary, gguf, put, settled, sha256, someFacts } from './library.fixture.ts';
import type { LibraryFixtureOptions } from './library.fixture.ts';
import { putOllamaModel } from './stores/ollama.fixture.ts';

const signal = new AbortController().signal;
const ollama = '.ollama/models';
const library = 'registry.ollama.ai/library';

function open(options: LibraryFixtureOptions & { readonly running?: readonly StoreKind[] } = {}) {
  const fixture = createLibrary(options);
  const { inspector } = fixture.library.deps;
  const runningServers = () => options.running ?? [];
  const stores = new FoundStores({ library: fixture.library, inspector, runningServers });
  return { ...fixture, look: (): Promise<readonly FoundStore[]> => stores.look(signal) };
}

/** Only Ollama loads files that say so. */
function refusing(path: string) {
  if (!path.includes(sha256(gguf('new export')))) return someFacts;
  throw new MillpondError('model-load-failed', 'wrong number of tensors');
}

test('tells what other programs keep, without listing any of it before it is wanted', async () => {
  const { home, look, library: models } = open();
  put(home, '.lmstudio/models/ada/tiny-GGUF/tiny-Q4_0.gguf');
  put(home, '.lmstudio/models/ada/tiny-GGUF/page.gguf', '<!doctype html>');
  put(home, '.lmstudio/models/ada/big-GGUF/big-00001-of-00003.gguf', gguf('12345678'));
  await settled(models);
  const [store] = await look();
  expect(store).toMatchObject({ kind: 'lm-studio', isUsed: false });
  expect(store?.models).toMatchObject([
    {
      name: 'big',
      use: 'needs-file',
      neededBytes: 64,
      problem: expect.stringContaining('missing') as string,
    },
    { name: 'page', use: 'unusable', problem: expect.stringContaining('not a GGUF') as string },
    { name: 'tiny Q4_0', use: 'in-place', facts: someFacts },
  ]);
  expect(models.list().map(({ id }) => id)).toEqual(['guide']);
});

test('probes a file once', async () => {
  const { home, look, inspected } = open({ inspect: refusing });
  const file = put(home, '.cache/llama.cpp/tiny.gguf');
  putOllamaModel(join(home, ollama), `${library}/new/1b`, { model: gguf('new export') });
  await look();
  await look();
  expect(inspected).toHaveLength(2);
  expect(inspected).toContain(file);
});

test.each([
  [['ollama'] as const, { use: 'through-server' }],
  [
    [] as const,
    {
      use: 'needs-file',
      neededBytes: gguf('new export').length,
      problem:
        'new:1b was made for Ollama and loads nowhere else; start Ollama, or download the model as an ordinary GGUF file',
    },
  ],
])('with %o running, an export that loads nowhere else is %o', async (running, expected) => {
  const { home, look } = open({ inspect: refusing, running });
  putOllamaModel(join(home, ollama), `${library}/new/1b`, { model: gguf('new export') });
  expect((await look())[0]?.models).toMatchObject([expected]);
});

test('what Ollama keeps besides the weights is taken along', async () => {
  const { home, look } = open();
  putOllamaModel(join(home, ollama), `${library}/ada/1b`, {
    model: gguf('a'),
    system: 'Be brief.',
  });
  expect((await look())[0]?.models[0]?.takenAlong?.systemPrompt).toBe('Be brief.');
});

test('two tags of one blob count once', async () => {
  const { home, look } = open();
  for (const tag of ['latest', '1b']) {
    putOllamaModel(join(home, ollama), `${library}/ada/${tag}`, { model: gguf('a') });
  }
  const [store] = await look();
  expect(store?.models).toHaveLength(1);
  expect(store?.sizeBytes).toBe(gguf('a').length);
});

test('used stores appear under their names, usable files only, and go again', async () => {
  const { home, library: models } = open({ inspect: refusing });
  putOllamaModel(join(home, ollama), `${library}/llama3.2/3b`, { model: gguf('fine') });
  putOllamaModel(join(home, ollama), `${library}/new/1b`, { model: gguf('new export') });
  put(home, '.lmstudio/models/ada/tiny-GGUF/tiny-Q4_0.gguf');
  await settled(models);
  await models.setStores(['ollama', 'lm-studio']);
  await models.settled();
  expect(models.list().map(({ id }) => id)).toEqual(['guide', 'ada/tiny:Q4_0', 'llama3.2:3b']);
  expect(models.find('llama3.2:3b')).toMatchObject({
    source: 'found',
    store: 'ollama',
    digest: sha256(gguf('fine')),
    facts: someFacts,
  });
  await models.setStores([]);
  expect(models.list().map(({ id }) => id)).toEqual(['guide']);
});

test('who else uses a file is known without using their models', async () => {
  const { home, modelsFolder, library: models } = open();
  const ours = put(modelsFolder, 'tiny-Q4_0.gguf');
  mkdirSync(join(home, 'jan/models'), { recursive: true });
  linkSync(ours, join(home, 'jan/models/tiny.gguf'));
  await settled(models);
  expect(models.find('tiny')?.usedBy).toEqual(['jan']);
  expect(models.list()).toHaveLength(2);
});

test('the very same file in our folder is one model that says who else uses it', async () => {
  const { home, modelsFolder, library: models } = open({ usedStores: ['lm-studio', 'ollama'] });
  const ours = put(modelsFolder, 'tiny-Q4_0.gguf', gguf('shared'));
  const theirs = join(home, '.lmstudio/models/ada/tiny-GGUF/tiny-Q4_0.gguf');
  mkdirSync(dirname(theirs), { recursive: true });
  linkSync(ours, theirs);
  putOllamaModel(join(home, ollama), `${library}/tiny/1b`, { model: gguf('shared') });
  await settled(models);
  expect(models.list().map(({ id }) => id)).toEqual(['guide', 'tiny:Q4_0']);
  expect(models.find('tiny:1b')).toMatchObject({ path: ours, usedBy: ['lm-studio'] });
});
