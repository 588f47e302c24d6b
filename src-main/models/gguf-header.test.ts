import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { findHeaderProblem } from './gguf-header.ts';

const guide = join(import.meta.dirname, '../../resources/models/guide/guide-q8_0.gguf');

function header(version: number, bigEndian = false): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.write('GGUF');
  if (bigEndian) bytes.writeUInt32BE(version, 4);
  else bytes.writeUInt32LE(version, 4);
  return bytes;
}

test('finds nothing wrong with a real model', async () => {
  expect(await findHeaderProblem(guide)).toBeUndefined();
});

test.each([
  ['is empty', Buffer.alloc(0)],
  ['is not a GGUF file', Buffer.from('<!doctype html><title>404</title>')],
  ['is cut off', header(3).subarray(0, 10)],
  ['of an old version (1)', header(1)],
  ['of a newer version (9)', header(9)],
  ['big-endian', header(3, true)],
])('says that a file %s', async (expected, content) => {
  const path = join(temporaryFolder(), 'model.gguf');
  writeFileSync(path, content);
  const problem = await findHeaderProblem(path);
  expect(problem).toContain(expected);
  expect(problem).toContain('model.gguf');
});

test('a file that cannot be read is a problem, not a crash', async () => {
  const folder = temporaryFolder();
  expect(await findHeaderProblem(join(folder, 'gone.gguf'))).toContain('it does not exist');
  expect(await findHeaderProblem(folder)).toContain('it is a folder');
});
