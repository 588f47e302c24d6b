import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { describeFolders } from './model-folders.ts';

test('says of each folder what is wrong with it, in the order of the settings', async () => {
  const folder = temporaryFolder();
  const [there, gone, file] = ['there', 'gone', 'file'].map((name) => join(folder, name));
  mkdirSync(there ?? '');
  writeFileSync(file ?? '', 'no folder');
  const described = await describeFolders([gone ?? '', there ?? '', join(file ?? '', 'below')]);
  expect(described).toEqual([
    { path: gone, problem: `Millpond cannot read ${gone}: it does not exist; check the path` },
    { path: there },
    {
      path: join(file ?? '', 'below'),
      problem: expect.stringContaining('a part of the path is a file') as string,
    },
  ]);
});
