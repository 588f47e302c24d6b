import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../platform/logger.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createLibrary, gguf, put, settled, sha256 } from './library.fixture.ts';
import type { LibraryFixtureOptions } from './library.fixture.ts';
import { putMlxModel } from './mlx.fixture.ts';
import { ModelRemoval, undoMs } from './removal.ts';

function open(options: LibraryFixtureOptions = {}) {
  const clock = createFakeClock();
  const fixture = createLibrary({ ...options, clock });
  const removal = new ModelRemoval({ library: fixture.library, clock, logger: silentLogger });
  onTestFinished(() => removal.dispose());
  /** Lets the time to change one's mind pass. */
  const elapse = async (): Promise<void> => {
    await clock.advance(undoMs);
    await removal.settled();
  };
  const remove = (name: string, force = false) => removal.remove(name, { force });
  return { ...fixture, clock, removal, remove, elapse };
}

test('a removed model is gone from the list at once and from the disk later', async () => {
  const { library, remove, elapse, modelsFolder, clock } = open();
  const path = put(modelsFolder, 'ada/tiny-GGUF/tiny-Q4_0.gguf');
  const eyes = put(modelsFolder, 'ada/tiny-GGUF/mmproj-f16.gguf');
  await settled(library);
  const freedBytes =
    gguf('ada/tiny-GGUF/tiny-Q4_0.gguf').length + gguf('ada/tiny-GGUF/mmproj-f16.gguf').length;
  expect(await remove('tiny')).toEqual({ undoUntil: clock.now() + 10_000, freedBytes });
  expect(library.find('tiny')).toBeUndefined();
  expect(existsSync(path)).toBe(true);
  await elapse();
  expect([existsSync(path), existsSync(eyes)]).toEqual([false, false]);
  expect(readdirSync(modelsFolder)).toEqual([]);
});

test('it can be taken back until then', async () => {
  const { library, removal, remove, elapse, modelsFolder } = open();
  const path = put(modelsFolder, 'tiny-Q4_0.gguf');
  await settled(library);
  await remove('tiny');
  expect(removal.restore('tiny:Q4_0')).toMatchObject({ id: 'tiny:Q4_0', path });
  await elapse();
  expect(existsSync(path)).toBe(true);
  await remove('tiny');
  await elapse();
  expect(() => removal.restore('tiny:Q4_0')).toThrow('tiny:Q4_0 cannot be brought back any more');
});

test('it is taken back when somebody wants the files again', async () => {
  const { library, removal, remove, elapse, modelsFolder } = open();
  const wanted = put(modelsFolder, 'tiny-Q4_0.gguf');
  const unwanted = put(modelsFolder, 'other-Q4_0.gguf');
  await settled(library);
  await remove('tiny');
  await remove('other');
  await removal.keep([wanted]);
  expect([library.find('tiny')?.path, library.find('other')]).toEqual([wanted, undefined]);
  await elapse();
  expect([existsSync(wanted), existsSync(unwanted)]).toEqual([true, false]);
});

test('it may be ended at once', async () => {
  const { library, removal, remove, modelsFolder } = open();
  put(modelsFolder, 'tiny-Q4_0.gguf');
  await settled(library);
  await remove('tiny');
  await removal.finishNow('tiny:Q4_0');
  expect(readdirSync(modelsFolder)).toEqual([]);
  expect(library.find('tiny')).toBeUndefined();
});

test('when the program ends before, nothing is deleted', async () => {
  const { library, removal, remove, clock, modelsFolder } = open();
  const path = put(modelsFolder, 'tiny-Q4_0.gguf');
  await settled(library);
  await remove('tiny');
  await removal.dispose();
  await clock.advance(60_000);
  expect(existsSync(path)).toBe(true);
});

test('a projector stays while another quantization needs it', async () => {
  const { library, remove, elapse, modelsFolder } = open();
  put(modelsFolder, 'ada/tiny-GGUF/tiny-Q4_0.gguf');
  put(modelsFolder, 'ada/tiny-GGUF/tiny-Q8_0.gguf');
  const eyes = put(modelsFolder, 'ada/tiny-GGUF/mmproj-f16.gguf');
  await settled(library);
  await remove('tiny:Q4_0');
  await elapse();
  expect(existsSync(eyes)).toBe(true);
  expect(library.find('tiny:Q8_0')?.projectorPath).toBe(eyes);
  await remove('tiny:Q8_0');
  await elapse();
  expect(readdirSync(modelsFolder)).toEqual([]);
});

test('what lies beside an MLX model in a folder of many things stays', async () => {
  const { library, remove, elapse, modelsFolder } = open();
  const folder = putMlxModel(modelsFolder, 'Downloads');
  const others = ['tax-return.pdf', 'notes.txt', 'contacts.json', 'other.safetensors'];
  for (const name of others) put(folder, name, 'mine');
  await settled(library);
  await remove('Downloads');
  await elapse();
  expect(readdirSync(folder)).toEqual(others.toSorted());
});

test('a folder in the MLX layout goes with everything that belongs to it', async () => {
  const { library, remove, elapse, modelsFolder } = open();
  const folder = putMlxModel(modelsFolder, 'mlx-community/Tiny-4bit');
  put(folder, '.DS_Store', '');
  await settled(library);
  await remove('Tiny:4bit');
  await elapse();
  expect(readdirSync(modelsFolder)).toEqual([]);
});

test('of a link only the link goes', async () => {
  const { library, remove, elapse, modelsFolder } = open();
  const far = put(temporaryFolder(), 'far.gguf');
  symlinkSync(far, join(modelsFolder, 'near.gguf'));
  const listed = put(temporaryFolder(), 'listed.gguf');
  await settled(library);
  await library.lists.link(listed);
  await library.rescan();
  expect((await remove('near')).freedBytes).toBe(0);
  expect((await remove('listed')).freedBytes).toBe(0);
  await elapse();
  expect([existsSync(far), existsSync(listed)]).toEqual([true, true]);
  expect(readdirSync(modelsFolder)).toEqual([]);
  expect(library.list().map(({ id }) => id)).toEqual(['guide']);
});

test('what lies in a linked folder elsewhere is deleted only when that is meant', async () => {
  const { library, remove, elapse, modelsFolder } = open();
  const elsewhere = temporaryFolder();
  const path = put(elsewhere, 'far-Q4_0.gguf');
  symlinkSync(elsewhere, join(modelsFolder, 'linked'));
  await settled(library);
  await expect(remove('far')).rejects.toMatchObject({
    code: 'conflict',
    message: `far Q4_0 lies in ${elsewhere}, where only a link leads to; delete it there, or delete it anyway`,
  });
  expect(library.find('far')).toBeDefined();
  await remove('far', true);
  await elapse();
  expect(existsSync(path)).toBe(false);
});

test('a file that another program uses too is deleted only when that is meant', async () => {
  const { library, remove, elapse, modelsFolder, home } = open();
  const ours = put(modelsFolder, 'tiny-Q4_0.gguf');
  const theirs = join(home, '.lmstudio/models/ada/tiny/tiny-Q4_0.gguf');
  mkdirSync(dirname(theirs), { recursive: true });
  symlinkSync(ours, theirs);
  const jan = join(home, 'jan/models/tiny.gguf');
  mkdirSync(dirname(jan), { recursive: true });
  linkSync(ours, jan);
  await settled(library);
  await expect(remove('tiny')).rejects.toMatchObject({
    code: 'conflict',
    message:
      'LM Studio and Jan use the very same file of tiny Q4_0; delete it there too, or delete it anyway',
  });
  expect(library.find('tiny')).toBeDefined();
  // Jan's hard link keeps the bytes.
  expect((await remove('tiny', true)).freedBytes).toBe(0);
  await elapse();
  expect([existsSync(ours), existsSync(jan)]).toEqual([false, true]);
});

test('the files of another program stay; the model only leaves the list, over restarts too', async () => {
  const { library, remove, elapse, home } = open({ usedStores: ['lm-studio'] });
  const theirs = put(home, '.lmstudio/models/ada/tiny/tiny-Q4_0.gguf');
  await settled(library);
  expect((await remove('tiny')).freedBytes).toBe(0);
  await elapse();
  expect(existsSync(theirs)).toBe(true);
  await library.dispose();
  const again = createLibrary({ home, usedStores: ['lm-studio'] }).library;
  await settled(again);
  expect(again.find('tiny')).toBeUndefined();
  await again.setStores([]);
  await again.setStores(['lm-studio']);
  expect(again.find('tiny')).toBeDefined();
});

test('the bundled model and what is unplugged cannot be removed', async () => {
  const disk = join(temporaryFolder(), 'ssd');
  put(disk, 'cold.gguf');
  const { library, remove } = open({ folders: [disk] });
  await settled(library);
  renameSync(disk, `${disk}-unplugged`);
  await library.rescan();
  await expect(remove('guide')).rejects.toMatchObject({
    code: 'conflict',
    message: 'Guide is a part of Millpond and stays',
  });
  await expect(remove('cold')).rejects.toMatchObject({ code: 'conflict' });
  await expect(remove('nobody')).rejects.toMatchObject({ code: 'model-not-found' });
});

test('where a file came from is forgotten with it', async () => {
  const { library, remove, elapse, modelsFolder } = open();
  const content = gguf('tiny');
  const path = put(modelsFolder, 'tiny-Q4_0.gguf', content);
  const file = {
    path,
    repoPath: 'tiny-Q4_0.gguf',
    sizeBytes: content.length,
    sha256: sha256(content),
  };
  await settled(library);
  await library.recordFinished({
    repo: 'ada/tiny',
    commit: 'abc',
    endpoint: 'https://hub',
    files: [file],
  });
  await remove('hf:ada/tiny');
  await elapse();
  put(modelsFolder, 'tiny-Q4_0.gguf', content);
  await library.rescan();
  expect(library.find('tiny')?.origin).toBeUndefined();
});
