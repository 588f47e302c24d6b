import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readRuntimeFile, removeRuntimeFile, writeRuntimeFile } from './runtime-file.ts';

const info = {
  pid: 42,
  port: 8484,
  version: '0.1.0',
  startedAt: 1_700_000_000_000,
  ownerToken: 'owner-'.repeat(8),
};

test('comes back as it was written, readable by its owner only', async () => {
  const path = join(temporaryFolder(), 'runtime.json');
  await writeRuntimeFile(path, info);
  expect(await readRuntimeFile(path)).toEqual(info);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a missing, damaged or foreign file means that nothing is known', async () => {
  const path = join(temporaryFolder(), 'runtime.json');
  expect(await readRuntimeFile(path)).toBeUndefined();
  writeFileSync(path, '{"pid": 1');
  expect(await readRuntimeFile(path)).toBeUndefined();
  writeFileSync(path, '{"pid": "one"}');
  expect(await readRuntimeFile(path)).toBeUndefined();
});

test('a runtime removes its own file and never that of a newer one', async () => {
  const path = join(temporaryFolder(), 'runtime.json');
  await writeRuntimeFile(path, { ...info, ownerToken: 'newer-'.repeat(8) });
  await removeRuntimeFile(path, info.ownerToken);
  expect(existsSync(path)).toBe(true);
  await writeRuntimeFile(path, info);
  await removeRuntimeFile(path, info.ownerToken);
  expect(existsSync(path)).toBe(false);
});
