import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { InstallationKind } from './installation.ts';
import { createTerminalCommand } from './terminal-command.ts';

interface Scene {
  readonly kind?: InstallationKind;
  /** Folders of the home that terminals look into. */
  readonly searched?: readonly string[];
}

function scene({ kind = 'folder', searched = [] }: Scene = {}) {
  const homeFolder = temporaryFolder();
  const target = join(homeFolder, 'Millpond', 'resources', 'bin', 'millpond');
  mkdirSync(join(target, '..'), { recursive: true });
  writeFileSync(target, '#!/bin/sh\necho it runs\n', { mode: 0o755 });
  const folders = searched.map((name) => join(homeFolder, name));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const env = { PATH: folders.join(':') };
  const surroundings = { platform: 'linux', env, homeFolder } as const;
  const command = createTerminalCommand({ installation: { kind }, target, surroundings });
  return { homeFolder, target, command, folders };
}

const isWindows = process.platform === 'win32';

test.skipIf(isWindows)(
  'PACK: the command is linked where terminals look, runs, and goes again',
  async () => {
    const { command, target, homeFolder } = scene({ searched: ['bin'] });
    const path = join(homeFolder, 'bin', 'millpond');
    expect(await command.status()).toEqual({ state: 'off', path, isOnPath: true });
    expect(await command.set(true)).toEqual({ state: 'on', path, isOnPath: true });
    expect(readlinkSync(path)).toBe(target);
    expect(execFileSync(path).toString()).toBe('it runs\n');
    expect(await command.set(false)).toMatchObject({ state: 'off' });
    expect(existsSync(path)).toBe(false);
    expect(existsSync(target)).toBe(true);
  },
);

test.skipIf(isWindows)(
  'PACK: without a folder of one’s own on the PATH it goes to ~/.local/bin and says so',
  async () => {
    const { command, homeFolder } = scene();
    const path = join(homeFolder, '.local', 'bin', 'millpond');
    expect(await command.set(true)).toEqual({ state: 'on', path, isOnPath: false });
  },
);

test.skipIf(isWindows)(
  'PACK: the link of a former installation is replaced, a stranger’s file is not',
  async () => {
    const { command, target, folders } = scene({ searched: ['.local/bin'] });
    const path = join(folders[0] ?? '', 'millpond');
    symlinkSync('/opt/old/resources/bin/millpond', path);
    await command.set(true);
    expect(readlinkSync(path)).toBe(target);
    await command.set(false);
    writeFileSync(path, 'something of somebody else');
    await expect(command.set(true)).rejects.toMatchObject({
      message: `${path} belongs to another program; remove it first, or call ${target} by its path`,
    });
    await command.set(false);
    expect(existsSync(path)).toBe(true);
  },
);

test('PACK: where the package brought the command there is nothing to switch', async () => {
  const { command } = scene({ kind: 'deb' });
  expect(await command.status()).toMatchObject({ state: 'system', path: '/usr/bin/millpond' });
  await expect(command.set(false)).rejects.toMatchObject({
    message: 'The command belongs to the package; it comes and goes with it',
  });
});

test('PACK: an AppImage has no command that could be linked', async () => {
  const { command } = scene({ kind: 'appimage' });
  expect(await command.status()).toEqual({ state: 'unavailable' });
});
