import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeFileAtomic } from './atomic-file.ts';

test('replaces a file, for its owner only, and leaves nothing else behind', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'settings.json');
  writeFileSync(path, 'old');
  await writeFileAtomic(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['settings.json']);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('writers at the same time leave one whole content', async () => {
  const path = join(temporaryFolder(), 'file');
  const contents = Array.from({ length: 10 }, (_, index) => String(index).repeat(50_000));
  await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
  expect(contents).toContain(readFileSync(path, 'utf8'));
});

test('a failure keeps the old content, removes the half one and says what to do', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'taken');
  mkdirSync(join(path, 'full'), { recursive: true });
  await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(path) as string,
  });
  expect(readdirSync(folder)).toEqual(['taken']);
});
