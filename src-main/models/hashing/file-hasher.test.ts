import { createHash, randomBytes } from 'node:crypto';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { FileHasher } from './file-hasher.ts';

const workerFile = join(import.meta.dirname, '..', '..', 'hash-worker.ts');

function openHasher() {
  const clock = createFakeClock();
  const hasher = new FileHasher({ workerFile, clock });
  onTestFinished(() => hasher.dispose());
  return { hasher, clock };
}

function fileOf(size: number): { path: string; bytes: Buffer } {
  const bytes = randomBytes(size);
  const path = join(temporaryFolder(), 'file.bin');
  writeFileSync(path, bytes);
  return { path, bytes };
}

const sha256 = (...bytes: Buffer[]): string => {
  const hash = createHash('sha256');
  for (const part of bytes) hash.update(part);
  return hash.digest('hex');
};
const check = (bytes: Buffer): string => crc32(bytes).toString(16).padStart(8, '0');

test('digests several files as one', async () => {
  const { hasher } = openHasher();
  const [one, two] = [fileOf(3_000_001), fileOf(10)];
  expect(await hasher.digest([one.path, two.path])).toBe(sha256(one.bytes, two.bytes));
});

test('digests what a file would be with other bytes in the middle', async () => {
  const { hasher } = openHasher();
  const [whole, patch] = [fileOf(3_000_000), fileOf(3_000_000)];
  const segments = [
    { path: whole.path, start: 0, end: 1_000_000 },
    { path: patch.path, start: 1_000_000, end: 1_000_007 },
    { path: whole.path, start: 1_000_007, end: Infinity },
  ];
  expect(await hasher.digestSegments(segments)).toBe(
    sha256(
      whole.bytes.subarray(0, 1_000_000),
      patch.bytes.subarray(1_000_000, 1_000_007),
      whole.bytes.subarray(1_000_007),
    ),
  );
});

test('tells how far it is', async () => {
  const { hasher } = openHasher();
  const { path, bytes } = fileOf(40 * 1024 * 1024);
  const seen: number[] = [];
  const digest = await hasher.digest([path], { onProgress: (done) => seen.push(done) });
  expect(digest).toBe(sha256(bytes));
  expect(seen).toEqual([32 * 1024 * 1024]);
});

test('knows what git calls a file', async () => {
  const { hasher } = openHasher();
  const path = join(temporaryFolder(), 'hello');
  writeFileSync(path, 'hello\n');
  expect(await hasher.digest([path], { algorithm: 'sha1', prefix: 'blob 6\0' })).toBe(
    'ce013625030ba8dba906f756967f9e9ca394464a',
  );
});

test.each([0, 999, 1000, 1001, 2_500_000])('checks each block of %i bytes', async (size) => {
  const { hasher } = openHasher();
  const { path, bytes } = fileOf(size);
  const blockBytes = 1000;
  const expected: string[] = [];
  for (let start = 0; start < size; start += blockBytes) {
    expected.push(check(bytes.subarray(start, start + blockBytes)));
  }
  expect(await hasher.blocks(path, blockBytes)).toEqual(expected);
});

test('follows a file that arrives in any order', async () => {
  const { hasher } = openHasher();
  const { path, bytes } = fileOf(2_000_000);
  const file = hasher.grow(path, bytes.length);
  const late = file.addChecked(1_500_000, 2_000_000);
  file.add(700_000, 1_500_000);
  expect(await late).toBe(check(bytes.subarray(1_500_000)));
  expect(await file.addChecked(0, 700_000)).toBe(check(bytes.subarray(0, 700_000)));
  expect(await file.digest).toBe(sha256(bytes));
});

test('an empty file has the digest of nothing', async () => {
  const { hasher } = openHasher();
  const { path } = fileOf(0);
  expect(await hasher.grow(path, 0).digest).toBe(sha256());
  expect(await hasher.digest([path])).toBe(sha256());
});

test('says which file is missing, and goes on working', async () => {
  const { hasher } = openHasher();
  const { path, bytes } = fileOf(10);
  await expect(hasher.digest(['/nowhere/model.gguf'])).rejects.toMatchObject({
    code: 'unavailable',
    message: 'Millpond cannot read /nowhere/model.gguf: it does not exist; check the path',
  });
  await expect(hasher.blocks('/nowhere/model.gguf', 10)).rejects.toThrow('does not exist');
  const missing = hasher.grow('/nowhere/model.gguf', 10);
  await expect(missing.digest).rejects.toThrow('does not exist');
  expect(await hasher.digest([path])).toBe(sha256(bytes));
});

test('a file that shrinks meanwhile is an error, not a wrong digest', async () => {
  const { hasher } = openHasher();
  const { path } = fileOf(1000);
  truncateSync(path, 500);
  const file = hasher.grow(path, 1000);
  await expect(file.addChecked(0, 1000)).rejects.toThrow('became shorter');
  await expect(file.digest).rejects.toThrow('became shorter');
  await expect(file.addChecked(0, 10)).rejects.toThrow('became shorter');
});

test('an abort ends a digest at once', async () => {
  const { hasher } = openHasher();
  const { path } = fileOf(1000);
  const stop = new AbortController();
  const digest = hasher.digest([path], { signal: stop.signal });
  stop.abort();
  await expect(digest).rejects.toMatchObject({ code: 'cancelled' });
  await expect(hasher.digest([path], { signal: stop.signal })).rejects.toThrow();
});

test('closing a growing file frees it', async () => {
  const { hasher } = openHasher();
  const { path } = fileOf(1000);
  const file = hasher.grow(path, 1000);
  const pending = file.addChecked(0, 500);
  file.close();
  await expect(pending).rejects.toMatchObject({ code: 'cancelled' });
  await expect(file.digest).rejects.toMatchObject({ code: 'cancelled' });
  rmSync(path);
});

test('the thread ends when nobody has asked for ten seconds, and starts again', async () => {
  const { hasher, clock } = openHasher();
  const { path, bytes } = fileOf(10);
  await hasher.digest([path]);
  expect(clock.waiting).toBe(1);
  await clock.advance(10_000);
  expect(clock.waiting).toBe(0);
  expect(await hasher.digest([path])).toBe(sha256(bytes));
});

test('closing the hasher rejects what was under way', async () => {
  const { hasher } = openHasher();
  const { path } = fileOf(1000);
  const digest = hasher.digest([path]);
  const rejected = expect(digest).rejects.toMatchObject({ code: 'cancelled' });
  await hasher.dispose();
  await rejected;
});
