import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSpoolFolder } from './spool-folder.ts';
import type { SpoolFolder } from './spool-folder.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millpond-spool-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((spool) => spool.seal().catch(() => undefined)));
  await rm(root, { recursive: true, force: true });
});

const opened: SpoolFolder[] = [];

function spoolOf(maxBytes = 1e9): SpoolFolder {
  const spool = createSpoolFolder({ folder: join(root, 'spool'), maxBytes });
  opened.push(spool);
  return spool;
}

test('lines come back in order, from files that are sealed when they are asked for', async () => {
  const spool = spoolOf();
  expect(await spool.seal()).toEqual([]);
  await spool.append(['a', 'b']);
  await spool.append(['c']);
  const [first = ''] = await spool.seal();
  await spool.append(['d']);
  expect(await spool.read(first)).toEqual(['a', 'b', 'c']);
  const names = await spool.seal();
  expect(names).toHaveLength(2);
  await spool.remove(first);
  expect(await spool.seal()).toEqual(names.slice(1));
});

test('a new process goes on behind what the one before left, torn lines left out', async () => {
  await spoolOf().append(['a']);
  const [first = ''] = await readdir(join(root, 'spool'));
  await appendFile(join(root, 'spool', first), '{"half":');
  const spool = spoolOf();
  await spool.append(['b']);
  const names = await spool.seal();
  expect(await Promise.all(names.map((name) => spool.read(name)))).toEqual([['a'], ['b']]);
});

test('large files are followed by new ones', async () => {
  const spool = spoolOf();
  for (const letter of ['a', 'b', 'c']) await spool.append([letter.repeat(700_000)]);
  expect(await spool.seal()).toHaveLength(2);
});

test('no more is kept than it may hold, until something was taken away', async () => {
  const spool = spoolOf(10);
  await spool.append(['12345']);
  await expect(spool.append(['67890'])).rejects.toMatchObject({ code: 'storage-full' });
  const [first = ''] = await spool.seal();
  await spool.remove(first);
  await spool.append(['67890']);
  expect(await spool.seal()).toHaveLength(1);
});

test('a folder that cannot be made is said in one sentence', async () => {
  await writeFile(join(root, 'spool'), 'a file');
  await expect(spoolOf().append(['a'])).rejects.toMatchObject({ name: 'MillpondError' });
});
