import { linkSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import {
  createLibrary,
  gguf,
  guide,
  plainHasher,
  put,
  settled,
  sha256,
  someFacts,
} from './library.fixture.ts';
import { putMlxModel } from './mlx.fixture.ts';
import type { ModelLibrary } from './model-library.ts';

const idsOf = (library: ModelLibrary): readonly string[] => library.list().map(({ id }) => id);

/** Resolves with the id of the next event. */
function next(library: ModelLibrary, event: 'changed' | 'removed'): Promise<string> {
  return new Promise((resolve) => {
    const leave = library.on(event, (id) => {
      leave();
      resolve(id);
    });
  });
}

describe('ModelLibrary', () => {
  test('knows the bundled Guide by its name, with digest and facts', async () => {
    const { library } = createLibrary();
    await settled(library);
    expect(library.find('GUIDE')).toMatchObject({
      id: 'guide',
      name: 'Guide',
      format: 'gguf',
      source: 'bundled',
      facts: someFacts,
      digest: sha256(readFileSync(guide)),
    });
  });

  test('lists what lies in the models folder and finds it by id and aliases', async () => {
    const { library, modelsFolder } = createLibrary();
    put(modelsFolder, 'ada/tiny-GGUF/tiny-Q8_0.gguf');
    const eyes = put(modelsFolder, 'ada/tiny-GGUF/mmproj-tiny.gguf');
    put(modelsFolder, 'ada/tiny-GGUF/readme.md', 'hello');
    await settled(library);
    expect(idsOf(library)).toEqual(['guide', 'ada/tiny:Q8_0']);
    for (const name of ['ada/tiny:Q8_0', 'tiny', 'Ada/Tiny', 'tiny-Q8_0.gguf']) {
      expect(library.find(name)?.id).toBe('ada/tiny:Q8_0');
    }
    expect(library.find('tiny')?.projectorPath).toBe(eyes);
    expect(library.find('nobody')).toBeUndefined();
  });

  test('files that claim the same id get different ones', async () => {
    const elsewhere = temporaryFolder();
    const { library, modelsFolder } = createLibrary({ folders: [elsewhere] });
    put(modelsFolder, 'ada/one/tiny-Q8_0.gguf');
    put(modelsFolder, 'ada/two/tiny-Q8_0.gguf');
    put(elsewhere, 'ada/two/tiny-Q8_0.gguf', gguf('another'));
    await settled(library);
    expect(idsOf(library)).toEqual([
      'guide',
      'ada/tiny:Q8_0',
      'ada/two/tiny-Q8_0',
      'ada/tiny:Q8_0~2',
    ]);
  });

  test('gives each broken file one sentence and goes on with the others', async () => {
    const { library, modelsFolder } = createLibrary({
      inspect: (path) => {
        if (!path.includes('broken')) return someFacts;
        throw new MillpondError('model-load-failed', 'broken.gguf is cut off');
      },
    });
    put(modelsFolder, 'page.gguf', '<!doctype html>');
    put(modelsFolder, 'broken.gguf');
    put(modelsFolder, 'big-00001-of-00003.gguf');
    put(modelsFolder, 'big-00003-of-00003.gguf');
    await settled(library);
    expect(library.find('page')?.problem).toContain('not a GGUF file');
    expect(library.find('broken')?.problem).toBe('broken.gguf is cut off');
    expect(library.find('big')?.problem).toBe(
      '1 of the 3 files of this model are missing; download it again',
    );
    expect(library.find('guide')?.problem).toBeUndefined();
  });

  test('learns a file once, over restarts too, and again when it has changed', async () => {
    const first = createLibrary();
    const { home } = first;
    const file = put(first.modelsFolder, 'tiny.gguf');
    await (await settled(first.library)).dispose();
    expect(first.inspected.toSorted()).toEqual([file, guide].toSorted());
    const { library, inspected } = createLibrary({ home });
    await settled(library);
    expect(inspected).toEqual([]);
    expect(library.find('tiny')?.digest).toBe(sha256(readFileSync(file)));
    writeFileSync(file, gguf('something longer than before'));
    await library.rescan();
    await library.settled();
    expect(inspected).toEqual([file]);
    expect(library.find('tiny')?.digest).toBe(sha256(readFileSync(file)));
  });

  test('a damaged cache is learnt again', async () => {
    const { library, home } = createLibrary();
    writeFileSync(join(home, 'cache.json'), '{"version":2,"files":{"x":3}}');
    writeFileSync(join(home, 'lists.json'), 'not even JSON');
    await settled(library);
    expect(library.find('guide')?.facts).toEqual(someFacts);
  });

  test('notices files that come and go', async () => {
    const { library, modelsFolder } = createLibrary();
    await settled(library);
    const appeared = next(library, 'changed');
    const file = put(modelsFolder, 'new.gguf');
    expect(await appeared).toBe('new');
    await library.settled();
    const gone = next(library, 'removed');
    rmSync(file);
    expect(await gone).toBe('new');
    expect(library.find('new')).toBeUndefined();
  });

  test('notices what comes into a folder that is new itself', async () => {
    const { library, modelsFolder } = createLibrary();
    await settled(library);
    const first = next(library, 'changed');
    put(modelsFolder, 'ada/tiny/one.gguf');
    expect(await first).toBe('ada/one');
    await library.settled();
    const second = next(library, 'changed');
    put(modelsFolder, 'ada/tiny/two.gguf');
    expect(await second).toBe('ada/two');
  });

  test('stops studying when it is closed', async () => {
    const reading = Promise.withResolvers<string>();
    const { library } = createLibrary({
      hasher: {
        ...plainHasher,
        digest: (_paths, { signal }) =>
          new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => {
              reject(new MillpondError('cancelled', 'Cancelled'));
            });
            reading.resolve('begun');
          }),
      },
    });
    await library.start();
    await reading.promise;
    await library.dispose();
    expect(library.find('guide')).toMatchObject({ facts: someFacts });
    expect(library.find('guide')?.digest).toBeUndefined();
  });

  test('a model that is still being downloaded is not listed', async () => {
    const { library, modelsFolder } = createLibrary({
      isArriving: (path) => path.includes('late'),
    });
    put(modelsFolder, 'late-00001-of-00002.gguf');
    put(modelsFolder, 'half-00001-of-00002.gguf');
    put(modelsFolder, 'half-00002-of-00002.gguf.part');
    await settled(library);
    expect(idsOf(library)).toEqual(['guide']);
  });
});

describe('one entry per model', () => {
  test('a link, a hard link and a copy of the same file are one model', async () => {
    const elsewhere = temporaryFolder();
    const { library, modelsFolder } = createLibrary({ folders: [elsewhere] });
    const file = put(modelsFolder, 'ada/tiny/tiny-Q8_0.gguf');
    symlinkSync(file, join(modelsFolder, 'by-link.gguf'));
    linkSync(file, join(elsewhere, 'hard.gguf'));
    put(elsewhere, 'copy.gguf', readFileSync(file));
    await settled(library);
    expect(idsOf(library)).toEqual(['guide', 'ada/tiny:Q8_0']);
    for (const name of ['by-link', 'hard', 'copy']) {
      expect(library.find(name)?.id).toBe('ada/tiny:Q8_0');
    }
  });

  test('a link to a file outside of the folder works', async () => {
    const { library, modelsFolder } = createLibrary();
    symlinkSync(put(temporaryFolder(), 'far.gguf'), join(modelsFolder, 'near.gguf'));
    await settled(library);
    expect(library.find('near')).toMatchObject({ source: 'library', facts: someFacts });
  });
});

describe('several folders', () => {
  test('an unplugged disk keeps its models with the reason, over restarts too, until it is back', async () => {
    const clock = createFakeClock();
    const disk = join(temporaryFolder(), 'ssd');
    const away = `${disk}-unplugged`;
    put(disk, 'ada/cold-Q4_0.gguf');
    const first = createLibrary({ folders: [disk], clock });
    await settled(first.library);
    expect(first.library.find('cold')?.facts).toEqual(someFacts);

    const changed = next(first.library, 'changed');
    renameSync(disk, away);
    await clock.advance(20_000);
    expect(await changed).toBe('ada/cold:Q4_0');
    const problem = `Its folder ${disk} is not there now; connect its disk, or choose the folder again in Settings`;
    expect(first.library.find('cold')).toMatchObject({ problem, facts: someFacts });
    await first.library.dispose();

    const second = createLibrary({ home: first.home, folders: [disk], clock });
    await settled(second.library);
    expect(second.library.find('cold')).toMatchObject({ problem, facts: someFacts });
    const back = next(second.library, 'changed');
    renameSync(away, disk);
    await clock.advance(20_000);
    expect(await back).toBe('ada/cold:Q4_0');
    expect(second.library.find('cold')?.problem).toBeUndefined();
    expect(second.inspected).toEqual([]);
  });

  test('folders come and go while it runs', async () => {
    const { library } = createLibrary();
    const folder = temporaryFolder();
    put(folder, 'other.gguf');
    await settled(library);
    await library.setFolders([folder]);
    expect(library.find('other')).toBeDefined();
    await library.setFolders([]);
    expect(library.find('other')).toBeUndefined();
  });

  test('a folder in the MLX layout may itself be the model', async () => {
    const folder = putMlxModel(temporaryFolder(), 'Tiny-4bit');
    const { library } = createLibrary({ folders: [folder] });
    await settled(library);
    expect(library.find('Tiny:4bit')).toMatchObject({ format: 'mlx', path: folder });
  });
});
