import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commandRunner } from '../app/updates/run-command.ts';
import { createProgramLauncher } from '../platform/program-launcher.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { ReplacedInstallation } from './ports.ts';
import { unpack } from './unpack.ts';

const run = commandRunner(createProgramLauncher());

/** An archive with one folder, in which a program of so many bytes lies. */
function archiveWith(bytes: number): string {
  const folder = temporaryFolder();
  const bin = join(folder, 'millpond-2', 'resources', 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'millpond'), Buffer.alloc(bytes, 1));
  const file = join(folder, 'millpond-2-linux-x64.tar.gz');
  execFileSync('tar', ['-czf', file, '-C', folder, 'millpond-2']);
  return file;
}

function installedIn(folder: string, kind: 'folder' | 'deb' = 'folder'): ReplacedInstallation {
  return { kind, root: join(folder, 'Millpond'), platform: 'linux', arch: 'x64', version: '1.0.0' };
}

const signal = new AbortController().signal;

test('UPDATE: an archive is unpacked beside the installation, on its disk, and never over it', async () => {
  const folder = temporaryFolder();
  const unpacked = await unpack(archiveWith(10), installedIn(folder), {
    ...{ run, signal, ownFolder: join(folder, 'own') },
  });
  expect(unpacked.stage).toBe(join(folder, 'Millpond.update'));
  expect(existsSync(unpacked.command)).toBe(true);
  expect(unpacked.command.startsWith(unpacked.replacement ?? 'nothing')).toBe(true);
  expect(existsSync(join(folder, 'Millpond'))).toBe(false);
});

test('UPDATE: what cannot be unpacked, or holds something else, leaves nothing behind', async () => {
  const folder = temporaryFolder();
  const options = { run, signal, ownFolder: join(folder, 'own') };
  const broken = join(folder, 'broken.tar.gz');
  writeFileSync(broken, 'no archive');
  await expect(unpack(broken, installedIn(folder), options)).rejects.toThrow('tar said');
  const other = join(folder, 'other.tar.gz');
  execFileSync('tar', ['-czf', other, '-C', folder, 'broken.tar.gz']);
  await expect(unpack(other, installedIn(folder), options)).rejects.toThrow('holds no Millpond');
  await expect(unpack(broken, installedIn(folder, 'deb'), options)).rejects.toThrow('dpkg-deb');
  expect(readdirSync(folder).toSorted()).toEqual(['broken.tar.gz', 'other.tar.gz', 'own']);
  expect(readdirSync(join(folder, 'own'))).toEqual([]);
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

test.runIf(mayMount)(
  'UPDATE: a disk that is full ends the unpacking in one sentence, with nothing left',
  async (context) => {
    const folder = temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      context.skip('this machine allows no mounting');
    }
    onTestFinished(() => {
      execFileSync('umount', ['--lazy', folder]);
    });
    const unpacking = unpack(archiveWith(4_000_000), installedIn(folder), {
      ...{ run, signal, ownFolder: join(folder, 'own') },
    });
    await expect(unpacking).rejects.toMatchObject({
      code: 'storage-full',
      message: expect.stringContaining('free some space') as string,
    });
    expect(readdirSync(folder)).toEqual(['own']);
  },
);
