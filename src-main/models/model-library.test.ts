import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import type { ModelFacts } from '../core/model.ts';
import { silentLogger } from '../platform/logger.ts';
import { systemClock } from '../platform/system-clock.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { ModelLibrary } from './model-library.ts';

const bundledFolder = join(import.meta.dirname, '../../resources/models');
const guide = join(bundledFolder, 'guide', 'guide-q8_0.gguf');
const facts: ModelFacts = {
  architecture: 'llama',
  trainedContextLength: 2048,
  capabilities: new FakeEngine().facts.capabilities,
};

let home: string;
let inspected: string[];

beforeEach(() => {
  home = temporaryFolder();
  inspected = [];
  mkdirSync(join(home, 'models'));
});

function put(path: string, content?: string): string {
  const file = join(home, 'models', path);
  mkdirSync(dirname(file), { recursive: true });
  if (content === undefined) cpSync(guide, file);
  else writeFileSync(file, content);
  return file;
}

function open(inspect = (_path: string): ModelFacts => facts): ModelLibrary {
  return new ModelLibrary({
    bundledFolder,
    modelsFolder: join(home, 'models'),
    cacheFile: join(home, 'cache.json'),
    inspector: {
      inspect(path) {
        inspected.push(path);
        return new Promise((resolve) => {
          resolve({ facts: inspect(path) });
        });
      },
    },
    clock: systemClock,
    logger: silentLogger,
  });
}

async function settled(library: ModelLibrary): Promise<ModelLibrary> {
  await library.start();
  await library.settled();
  return library;
}

describe('ModelLibrary', () => {
  test('knows the bundled Guide by its name, with digest and facts', async () => {
    const library = await settled(open());
    expect(library.find('GUIDE')).toMatchObject({
      id: 'guide',
      name: 'Guide',
      source: 'bundled',
      facts,
      digest: createHash('sha256').update(readFileSync(guide)).digest('hex'),
    });
    await library.dispose();
  });

  test('lists what lies in the models folder and finds it by id and aliases', async () => {
    put('ada/tiny-GGUF/tiny-Q8_0.gguf');
    put('ada/tiny-GGUF/mmproj-tiny.gguf');
    put('ada/tiny-GGUF/readme.md', 'hello');
    const library = await settled(open());
    expect(library.list().map(({ id }) => id)).toEqual(['guide', 'ada/tiny:Q8_0']);
    for (const name of ['ada/tiny:Q8_0', 'tiny', 'Ada/Tiny', 'tiny-Q8_0.gguf']) {
      expect(library.find(name)?.id).toBe('ada/tiny:Q8_0');
    }
    expect(library.find('nobody')).toBeUndefined();
    await library.dispose();
  });

  test('two files that claim the same id get different ones', async () => {
    put('ada/one/tiny-Q8_0.gguf');
    put('ada/two/tiny-Q8_0.gguf');
    const library = await settled(open());
    expect(library.list().map(({ id }) => id)).toEqual([
      'guide',
      'ada/tiny:Q8_0',
      'ada/two/tiny-Q8_0',
    ]);
    await library.dispose();
  });

  test('gives each broken file one sentence and goes on with the others', async () => {
    put('page.gguf', '<!doctype html>');
    put('broken.gguf');
    put('big-00001-of-00003.gguf');
    put('big-00003-of-00003.gguf');
    const library = await settled(
      open((path) => {
        if (!path.includes('broken')) return facts;
        throw new MillpondError('model-load-failed', 'broken.gguf is cut off');
      }),
    );
    expect(library.find('page')?.problem).toContain('not a GGUF file');
    expect(library.find('broken')?.problem).toBe('broken.gguf is cut off');
    expect(library.find('big')?.problem).toBe(
      '1 of the 3 files of this model are missing; download it again',
    );
    expect(library.find('guide')?.problem).toBeUndefined();
    await library.dispose();
  });

  test('learns a file once, over restarts too, and again when it has changed', async () => {
    const file = put('tiny.gguf');
    await (await settled(open())).dispose();
    expect(inspected.toSorted()).toEqual([file, guide].toSorted());
    const library = await settled(open());
    expect(inspected).toHaveLength(2);
    expect(library.find('tiny')?.digest).toBeDefined();
    writeFileSync(file, Buffer.concat([readFileSync(guide), Buffer.from('more')]));
    await library.rescan();
    await library.settled();
    expect(inspected).toHaveLength(3);
    expect(library.find('tiny')?.digest).toBe(
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    );
    await library.dispose();
  });

  test('a damaged cache is learnt again', async () => {
    writeFileSync(join(home, 'cache.json'), '{"version":1,"files":{"x":3}}');
    const library = await settled(open());
    expect(library.find('guide')?.facts).toEqual(facts);
    await library.dispose();
  });

  test('notices files that come and go', async () => {
    const library = await settled(open());
    const appeared = Promise.withResolvers<string>();
    const leave = library.on('changed', appeared.resolve);
    const file = put('new.gguf');
    expect(await appeared.promise).toBe('new');
    leave();
    await library.settled();
    const gone = Promise.withResolvers<string>();
    library.on('removed', gone.resolve);
    rmSync(file);
    expect(await gone.promise).toBe('new');
    expect(library.find('new')).toBeUndefined();
    await library.dispose();
  });

  test('stops studying when it is closed', async () => {
    const library = open();
    await library.start();
    await library.dispose();
    expect(library.find('guide')?.digest).toBeUndefined();
  });
});
