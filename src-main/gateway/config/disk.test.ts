import { renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, test, expect } from 'vitest';
import { systemClock } from '../../platform/system-clock.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createConfigFiles } from './disk.ts';

test('a file that is put in place of another is noticed, and so is one that comes', async () => {
  const path = join(temporaryFolder(), 'millpond.yaml');
  const files = createConfigFiles(systemClock);
  let noticed: () => void = () => {};
  const next = () => new Promise<void>((resolve) => (noticed = resolve));
  onTestFinished(
    files.watch(path, () => {
      noticed();
    }),
  );
  const came = next();
  writeFileSync(path, 'a: 1');
  await came;
  const replaced = next();
  writeFileSync(`${path}.new`, 'b: 2');
  renameSync(`${path}.new`, path);
  await replaced;
  expect(await files.read(path)).toBe('b: 2');
});

test('a copy is readable by its owner alone; what is not there is nothing', async () => {
  const path = join(temporaryFolder(), 'last-good.yaml');
  const files = createConfigFiles(systemClock);
  expect(await files.read(path)).toBeUndefined();
  await files.write(path, 'x');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await files.remove(path);
  await files.remove(path);
  expect(await files.read(path)).toBeUndefined();
});

test('a file that cannot be read is a failure, not nothing', async () => {
  const folder = temporaryFolder();
  await expect(createConfigFiles(systemClock).read(folder)).rejects.toMatchObject({
    name: 'MillpondError',
  });
});
