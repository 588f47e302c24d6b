import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { put } from './library.fixture.ts';
import { moveAll, placeAll } from './place-files.ts';

const disk = vi.hoisted(() => ({ linkFailure: '' }));

vi.mock(import('node:fs/promises'), async (importOriginal) => {
  const actual = await importOriginal();
  const link: typeof actual.link = async (from, to) => {
    if (disk.linkFailure === '') await actual.link(from, to);
    else throw Object.assign(new Error('no link'), { code: disk.linkFailure });
  };
  return { ...actual, link };
});

afterEach(() => {
  disk.linkFailure = '';
});

function twoFiles() {
  const [source, target] = [temporaryFolder(), temporaryFolder()];
  const transfers = ['a.gguf', 'b.gguf'].map((name) => ({
    from: put(source, name, name),
    to: join(target, 'deep', name),
  }));
  return { source, target: join(target, 'deep'), transfers };
}

describe.each([
  ['a disk where a file may have two names', ''],
  ['a disk where it may not', 'EPERM'],
])('on %s', (_what, linkFailure) => {
  test('files are moved to their names', async () => {
    disk.linkFailure = linkFailure;
    const { source, target, transfers } = twoFiles();
    expect(await moveAll(transfers)).toBe(true);
    expect(readdirSync(source)).toEqual([]);
    expect(readFileSync(join(target, 'b.gguf'), 'utf8')).toBe('b.gguf');
  });

  test('a name that is taken keeps its file, and everything else goes back', async () => {
    disk.linkFailure = linkFailure;
    const { source, target, transfers } = twoFiles();
    const theirs = put(target, 'b.gguf', 'theirs');
    const taken = 'The models folder already holds a b.gguf; rename one of the two files';
    await expect(moveAll(transfers)).rejects.toMatchObject({ code: 'conflict', message: taken });
    await expect(placeAll(transfers, source)).rejects.toMatchObject({ message: taken });
    expect(readFileSync(theirs, 'utf8')).toBe('theirs');
    expect(readdirSync(target)).toEqual(['b.gguf']);
  });

  test('a file that cannot be moved leaves no empty one under its name', async () => {
    disk.linkFailure = linkFailure;
    const { source, target, transfers } = twoFiles();
    const [first] = transfers;
    const gone = { from: join(source, 'gone.gguf'), to: join(target, 'gone.gguf') };
    await expect(moveAll([...(first ? [first] : []), gone])).rejects.toThrow(gone.from);
    expect(readdirSync(target)).toEqual([]);
    expect(readdirSync(source)).toEqual(['a.gguf', 'b.gguf']);
  });
});

test('files on another disk are left where they are', async () => {
  disk.linkFailure = 'EXDEV';
  const { source, target, transfers } = twoFiles();
  expect(await moveAll(transfers)).toBe(false);
  expect(readdirSync(source)).toEqual(['a.gguf', 'b.gguf']);
  expect(existsSync(join(target, 'a.gguf'))).toBe(false);
});
