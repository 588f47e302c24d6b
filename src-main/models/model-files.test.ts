import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { findModelFiles } from './model-files.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

test('joins the parts of a split model and counts what is missing', async () => {
  const folder = folderWith({
    'a/big-00001-of-00002.gguf': '123',
    'a/big-00002-of-00002.gguf': '45',
    'a/torn-00002-of-00004.gguf': '1',
    'whole.GGUF': '1234',
  });
  const files = await findModelFiles(folder);
  expect(files).toMatchObject([
    { segments: ['a', 'big-00001-of-00002.gguf'], sizeBytes: 5, missingParts: 0 },
    { segments: ['a', 'torn-00002-of-00004.gguf'], sizeBytes: 1, missingParts: 3 },
    { segments: ['whole.GGUF'], sizeBytes: 4, missingParts: 0 },
  ]);
  expect(files[0]?.parts).toHaveLength(2);
});

test('leaves out hidden files, projectors, downloads under way and everything else', async () => {
  const folder = folderWith({
    '.hidden.gguf': '1',
    'mmproj-model.gguf': '1',
    'model.gguf.part': '1',
    'readme.md': '1',
  });
  expect(await findModelFiles(folder)).toEqual([]);
});

test('a link in a circle and a dead link do no harm', async () => {
  const folder = folderWith({ 'one.gguf': '1' });
  symlinkSync(folder, join(folder, 'circle'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dead.gguf'));
  const files = await findModelFiles(folder);
  expect(files.map(({ segments }) => segments)).toEqual([['one.gguf']]);
});

test('a file in place of the folder is told', async () => {
  const folder = folderWith({ models: '' });
  await expect(findModelFiles(join(folder, 'models'))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('models') as string,
  });
});

test('a folder that does not exist holds nothing', async () => {
  expect(await findModelFiles('/nowhere/at/all')).toEqual([]);
});
