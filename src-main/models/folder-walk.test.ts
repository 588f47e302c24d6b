import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { walkFolders } from './folder-walk.ts';

test('a walk through a tree that is no model folder ends after so many names', async () => {
  const root = temporaryFolder();
  for (const name of ['a', 'b', 'c']) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, `${name}.gguf`), 'GGUF');
  }
  const opened = async (maxEntries: number): Promise<readonly string[]> => {
    const paths: string[] = [];
    for await (const { path } of walkFolders(root, { maxDepth: 6, maxEntries })) {
      paths.push(relative(root, path));
    }
    return paths;
  };
  expect(await opened(100)).toEqual(['', 'a', 'b', 'c']);
  expect(await opened(4)).toEqual(['', 'a', 'b']);
});
