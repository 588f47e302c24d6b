import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { makeFolder } from './make-folder.ts';

test('makes a folder with all that are above it, also when it is there already', async () => {
  const folder = join(temporaryFolder(), 'one', 'two', 'three');
  await makeFolder(folder);
  await makeFolder(folder);
  expect(existsSync(folder)).toBe(true);
});

test('a file on the way is named with what to do', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const folder = join(file, 'one', 'two');
  await expect(makeFolder(folder)).rejects.toMatchObject({
    code: 'unavailable',
    message: `Millpond cannot write to ${folder}: a part of the path is a file, not a folder; choose another folder`,
  });
});
