import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { copyFileSafely } from './copy-file.ts';

test('copies byte for byte and tells how far it is', async () => {
  const folder = temporaryFolder();
  const content = randomBytes(9 * 1024 * 1024);
  writeFileSync(join(folder, 'from'), content);
  const seen: number[] = [];
  const { signal } = new AbortController();
  const onProgress = (done: number): void => void seen.push(done);
  await copyFileSafely(join(folder, 'from'), join(folder, 'to'), { signal, onProgress });
  expect(readFileSync(join(folder, 'to')).equals(content)).toBe(true);
  expect(seen.at(-1)).toBe(content.length);
});

test('leaves nothing behind when it is stopped or fails', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'from'), 'x');
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  const { signal } = stop;
  await expect(
    copyFileSafely(join(folder, 'from'), join(folder, 'to'), { signal }),
  ).rejects.toThrow('enough');
  const fine = { signal: new AbortController().signal };
  await expect(
    copyFileSafely(join(folder, 'gone'), join(folder, 'to'), fine),
  ).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('it does not exist') as string,
  });
  expect(existsSync(join(folder, 'to'))).toBe(false);
});

test('never writes over a file that is there', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'from'), 'new');
  writeFileSync(join(folder, 'to'), 'old');
  const fine = { signal: new AbortController().signal };
  await expect(
    copyFileSafely(join(folder, 'from'), join(folder, 'to'), fine),
  ).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(readFileSync(join(folder, 'to'), 'utf8')).toBe('old');
});
