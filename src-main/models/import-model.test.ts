import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { ModelImporter } from './import-model.ts';
import type { ImportMode } from './import-model.ts';
import { createLibrary, gguf, put, settled, someFacts } from './library.fixture.ts';
import type { LibraryFixtureOptions } from './library.fixture.ts';
import { putMlxModel } from './mlx.fixture.ts';

const signal = new AbortController().signal;

async function open(options: LibraryFixtureOptions & { readonly freeBytes?: number } = {}) {
  const fixture = createLibrary(options);
  await settled(fixture.library);
  const { freeBytes = 1e12 } = options;
  const { inspector } = fixture.library.deps;
  const importer = new ModelImporter({
    ...{ library: fixture.library, inspector },
    freeBytes: () => Promise.resolve(freeBytes),
  });
  const bring = (path: string, mode: ImportMode) => importer.import(path, mode, { signal });
  return { ...fixture, importer, bring };
}

describe('link', () => {
  test('leaves the file where it is and lists it, over restarts too', async () => {
    const { bring, library, home, modelsFolder } = await open();
    const path = put(temporaryFolder(), 'far/tiny-Q4_0.gguf');
    expect(await bring(path, 'link')).toMatchObject({ id: 'tiny:Q4_0', path, source: 'library' });
    expect(readdirSync(modelsFolder)).toEqual([]);
    await library.dispose();
    const again = await open({ home });
    expect(again.library.find('tiny')?.path).toBe(path);
  });

  test('a linked file that vanished stays with the reason', async () => {
    const clock = createFakeClock();
    const { bring, library } = await open({ clock });
    const path = put(temporaryFolder(), 'tiny-Q4_0.gguf');
    await bring(path, 'link');
    await library.settled();
    const changed = new Promise((resolve) => library.on('changed', resolve));
    rmSync(path);
    await clock.advance(20_000);
    await changed;
    expect(library.find('tiny')?.problem).toBe(
      `${path} is not there now; connect its disk, or remove the model from the list`,
    );
  });

  test('doing it twice changes nothing', async () => {
    const { bring, library } = await open();
    const path = put(temporaryFolder(), 'tiny-Q4_0.gguf');
    await bring(path, 'link');
    await bring(path, 'link');
    expect(library.list()).toHaveLength(2);
    expect(library.lists.links).toEqual([path]);
  });

  test('any part of a set, and a folder in the MLX layout, are the whole model', async () => {
    const { bring } = await open();
    const folder = temporaryFolder();
    const first = put(folder, 'big-Q8_0-00001-of-00002.gguf');
    const second = put(folder, 'big-Q8_0-00002-of-00002.gguf');
    expect(await bring(second, 'link')).toMatchObject({ id: 'big:Q8_0', path: first });
    const mlx = putMlxModel(temporaryFolder(), 'Tiny-4bit');
    expect(await bring(mlx, 'link')).toMatchObject({ id: 'Tiny:4bit', format: 'mlx', path: mlx });
  });
});

describe('copy and move', () => {
  test('a copy is the same, and the original stays', async () => {
    const { importer, modelsFolder } = await open();
    const content = gguf('tiny');
    const path = put(temporaryFolder(), 'tiny-Q4_0.gguf', content);
    const shares: number[] = [];
    const onProgress = (share: number): void => void shares.push(share);
    const model = await importer.import(path, 'copy', { signal, onProgress });
    expect(model).toMatchObject({ id: 'tiny:Q4_0', path: join(modelsFolder, 'tiny-Q4_0.gguf') });
    expect(readFileSync(model.path).equals(content)).toBe(true);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(shares.at(-1)).toBe(1);
    expect(readdirSync(modelsFolder)).toEqual(['tiny-Q4_0.gguf']);
  });

  test('a model that sees brings its projector', async () => {
    const { bring, modelsFolder } = await open();
    const folder = temporaryFolder();
    const path = put(folder, 'gemma-3-4b-Q4_0.gguf');
    put(folder, 'mmproj-f16.gguf');
    const model = await bring(path, 'copy');
    const target = join(modelsFolder, 'imported', 'gemma-3-4b-Q4_0');
    expect(model).toMatchObject({
      path: join(target, 'gemma-3-4b-Q4_0.gguf'),
      projectorPath: join(target, 'mmproj-f16.gguf'),
    });
  });

  test('of a link what it leads to is copied, and only the link goes', async () => {
    const { bring, modelsFolder } = await open();
    const folder = temporaryFolder();
    const real = put(folder, 'shelf/real.gguf');
    const link = join(folder, 'tiny-Q4_0.gguf');
    symlinkSync(join('shelf', 'real.gguf'), link);
    const model = await bring(link, 'move');
    expect(model).toMatchObject({ id: 'tiny:Q4_0', path: join(modelsFolder, 'tiny-Q4_0.gguf') });
    expect(readFileSync(model.path)).toEqual(readFileSync(real));
    expect(readdirSync(folder)).toEqual(['shelf']);
  });

  test('moving a whole folder leaves nothing behind', async () => {
    const { bring, modelsFolder } = await open();
    const folder = putMlxModel(temporaryFolder(), 'Tiny-4bit');
    const model = await bring(folder, 'move');
    expect(model).toMatchObject({
      path: join(modelsFolder, 'Tiny-4bit'),
      facts: { architecture: 'qwen3' },
    });
    expect(existsSync(folder)).toBe(false);
  });

  test('a taken name is refused and both files stay', async () => {
    const { bring, modelsFolder } = await open();
    const old = put(modelsFolder, 'tiny-Q4_0.gguf', gguf('old'));
    const path = put(temporaryFolder(), 'tiny-Q4_0.gguf', gguf('new'));
    for (const mode of ['copy', 'move'] as const) {
      await expect(bring(path, mode)).rejects.toMatchObject({
        code: 'conflict',
        message: 'The models folder already holds a tiny-Q4_0.gguf; rename one of the two files',
      });
    }
    expect(readFileSync(old).equals(gguf('old'))).toBe(true);
    expect(readFileSync(path).equals(gguf('new'))).toBe(true);
  });

  test('a name that is taken while the copy is made is not written over', async () => {
    const { importer, modelsFolder } = await open();
    const folder = temporaryFolder();
    const path = put(folder, 'gemma-3-4b-Q4_0.gguf', gguf('new'));
    put(folder, 'mmproj-f16.gguf');
    const target = join(modelsFolder, 'imported', 'gemma-3-4b-Q4_0');
    const onProgress = (share: number): void => {
      if (share === 1) put(target, 'mmproj-f16.gguf', 'theirs');
    };
    await expect(importer.import(path, 'copy', { signal, onProgress })).rejects.toMatchObject({
      code: 'conflict',
      message: 'The models folder already holds a mmproj-f16.gguf; rename one of the two files',
    });
    expect(readdirSync(target)).toEqual(['mmproj-f16.gguf']);
    expect(readFileSync(join(target, 'mmproj-f16.gguf'), 'utf8')).toBe('theirs');
    expect(readdirSync(modelsFolder)).toEqual(['imported']);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test('a disk that is too small is told before anything is copied', async () => {
    const { bring, modelsFolder } = await open({ freeBytes: 50e6 });
    const path = put(temporaryFolder(), 'tiny-Q4_0.gguf', gguf('x'.repeat(1_900_000)));
    await expect(bring(path, 'copy')).rejects.toMatchObject({
      code: 'storage-full',
      message: `tiny-Q4_0.gguf takes 2 MB, but only 50 MB are free in ${modelsFolder}; free some space, or link it instead`,
    });
    expect(readdirSync(modelsFolder)).toEqual([]);
  });

  test('what another program keeps is not moved away from it', async () => {
    const { bring, home } = await open();
    const theirs = put(home, '.lmstudio/models/ada/tiny/tiny-Q4_0.gguf');
    const path = join(temporaryFolder(), 'tiny-Q4_0.gguf');
    linkSync(theirs, path);
    await expect(bring(path, 'move')).rejects.toMatchObject({
      code: 'conflict',
      message: 'tiny-Q4_0.gguf belongs to LM Studio; link or copy it instead of moving it',
    });
    expect(existsSync(path)).toBe(true);
  });

  test('a cancelled import leaves nothing', async () => {
    const { importer, modelsFolder } = await open();
    const path = put(temporaryFolder(), 'tiny-Q4_0.gguf', gguf('x'.repeat(9_000_000)));
    const stop = new AbortController();
    const onProgress = (): void => {
      stop.abort(new MillpondError('cancelled', 'Cancelled'));
    };
    put(modelsFolder, '.import-abcdef/left-by-a-crash.gguf');
    const importing = importer.import(path, 'copy', { signal: stop.signal, onProgress });
    await expect(importing).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(modelsFolder)).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });
});

describe('what is no model is refused with one sentence', () => {
  test.each([
    [
      'page.gguf',
      '<!doctype html>',
      'page.gguf is not a GGUF file; it may be an error page that was saved under this name',
    ],
    [
      'notes.txt',
      'hello',
      'notes.txt is not a GGUF file; it may be an error page that was saved under this name',
    ],
    ['empty.gguf', '', 'empty.gguf is empty; download it again'],
    ['model.bin', gguf('x'), 'model.bin is a GGUF file; give it a name that ends in .gguf'],
    [
      'mmproj-f16.gguf',
      gguf('x'),
      'mmproj-f16.gguf is only the part of a model that sees; import the model beside it',
    ],
    [
      'model.safetensors',
      'x',
      'model.safetensors is only a part of a model; import its whole folder with config.json and tokenizer',
    ],
    [
      'big-00001-of-00002.gguf',
      gguf('x'),
      '1 of the 2 files of this model are missing; download it again',
    ],
  ])('%s', async (name, content, message) => {
    const { bring, library } = await open();
    const path = put(temporaryFolder(), name, content);
    await expect(bring(path, 'copy')).rejects.toMatchObject({ code: 'invalid-request', message });
    expect(library.list()).toHaveLength(1);
  });

  test('a path that leads nowhere, or is not whole', async () => {
    const { bring } = await open();
    await expect(bring('/no/such/model.gguf', 'link')).rejects.toMatchObject({
      code: 'not-found',
      message: '/no/such/model.gguf does not exist; check the path',
    });
    await expect(bring('model.gguf', 'link')).rejects.toMatchObject({ code: 'invalid-request' });
  });

  test('a folder without a model, and one with several', async () => {
    const { bring } = await open();
    const folder = join(temporaryFolder(), 'things');
    mkdirSync(folder);
    await expect(bring(folder, 'link')).rejects.toThrow('things holds no model');
    put(folder, 'a.gguf');
    expect(await bring(folder, 'link')).toMatchObject({ id: 'a' });
    put(folder, 'b.gguf');
    await expect(bring(folder, 'link')).rejects.toMatchObject({
      message: 'things holds 2 models; choose one of them, or add the folder in Settings',
    });
  });

  test('a file that the engine refuses', async () => {
    const { bring } = await open({
      inspect: (path) => {
        if (!path.includes('odd')) return someFacts;
        throw new MillpondError('model-load-failed', 'odd.gguf has an unknown architecture');
      },
    });
    await expect(bring(put(temporaryFolder(), 'odd.gguf'), 'link')).rejects.toMatchObject({
      code: 'invalid-request',
      message: 'odd.gguf has an unknown architecture',
    });
  });
});

test('a model that is in the library already is simply named', async () => {
  const { bring, modelsFolder, library } = await open();
  const path = put(modelsFolder, 'tiny-Q4_0.gguf');
  await library.rescan();
  expect(await bring(path, 'copy')).toMatchObject({ id: 'tiny:Q4_0', path });
  const link = join(temporaryFolder(), 'again', 'other-name.gguf');
  mkdirSync(dirname(link));
  symlinkSync(path, link);
  expect(await bring(link, 'link')).toMatchObject({ id: 'tiny:Q4_0', path });
});
