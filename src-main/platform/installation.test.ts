import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { findInstallation, packagedCommand } from './installation.ts';
import { programFilesAt } from './program-files.ts';

const linux = { platform: 'linux', arch: 'x64' } as const;

/** A program of the layout that packages have, below `resources`; answers the folder of its entries. */
function packaged(resources: string): string {
  const program = join(resources, 'app.asar.unpacked');
  const entries = join(program, 'out', 'main');
  mkdirSync(entries, { recursive: true });
  writeFileSync(join(entries, 'cli.js'), '');
  writeFileSync(join(program, 'package.json'), '{"version":"1.2.3"}');
  return entries;
}

test('PACK: an unpacked archive is a folder with the version of its own manifest', () => {
  const root = join(temporaryFolder(), 'millpond-1.2.3');
  const found = findInstallation(packaged(join(root, 'resources')), {}, linux);
  expect(found).toEqual({ kind: 'folder', root, version: '1.2.3', ...linux });
});

test.each(['deb', 'rpm'] as const)('PACK: the mark in a %s makes it one', (kind) => {
  const root = join(temporaryFolder(), 'opt', 'Millpond');
  const entries = packaged(join(root, 'resources'));
  writeFileSync(join(root, 'resources', 'package-type'), `${kind}\n`);
  expect(findInstallation(entries, {}, linux)).toMatchObject({ kind, root });
});

test('PACK: a mark that no installer of ours writes is not believed', () => {
  const root = temporaryFolder();
  const entries = packaged(join(root, 'resources'));
  writeFileSync(join(root, 'resources', 'package-type'), 'flatpak');
  expect(findInstallation(entries, {}, linux)).toMatchObject({ kind: 'folder', root });
});

test('PACK: an AppImage is its one file, and only inside its own mount', () => {
  const mount = join(temporaryFolder(), '.mount_MillpoX1');
  const entries = packaged(join(mount, 'resources'));
  const image = { APPIMAGE: '/home/ada/Millpond.AppImage', APPDIR: mount };
  expect(findInstallation(entries, image, linux)).toMatchObject({
    kind: 'appimage',
    root: '/home/ada/Millpond.AppImage',
  });
  const ofAnEditor = { APPIMAGE: '/home/ada/Editor.AppImage', APPDIR: `${mount}-of-an-editor` };
  expect(findInstallation(entries, ofAnEditor, linux)).toMatchObject({
    kind: 'folder',
    root: mount,
  });
});

test('PACK: on macOS the bundle is replaced as a whole, on Windows the folder of the installer', () => {
  const bundle = join(temporaryFolder(), 'Millpond.app');
  const mac = packaged(join(bundle, 'Contents', 'Resources'));
  expect(findInstallation(mac, {}, { platform: 'darwin', arch: 'arm64' })).toMatchObject({
    kind: 'mac-app',
    root: bundle,
  });
  const folder = join(temporaryFolder(), 'Programs', 'Millpond');
  const windows = packaged(join(folder, 'resources'));
  const found = findInstallation(windows, {}, { platform: 'win32', arch: 'x64' });
  expect(found).toMatchObject({ kind: 'windows', root: folder });
});

test('PACK: a checkout and our own image have nothing that an update may replace', () => {
  const checkout = join(import.meta.dirname, '..');
  expect(findInstallation(checkout, {}, linux)).toMatchObject({ kind: 'source', root: '' });
  const env = { MILLPOND_CONTAINER: '1' };
  expect(findInstallation(checkout, env, linux)).toMatchObject({ kind: 'container', root: '' });
});

test('PACK: the shell runs out of the archive, everything that it starts lies beside it', () => {
  const resources = join(temporaryFolder(), 'resources');
  const entryFolder = packaged(resources);
  const files = programFilesAt(join(resources, 'app.asar', 'out', 'main'));
  expect(files).toMatchObject({
    entryFolder,
    preloadFile: join(resources, 'app.asar', 'out', 'preload', 'index.cjs'),
    manifestFile: join(resources, 'app.asar.unpacked', 'package.json'),
  });
});

test('PACK: a package has a command of its own, a checkout has none', () => {
  const resources = join(temporaryFolder(), 'resources');
  const entries = packaged(resources);
  expect(packagedCommand(entries, 'linux')).toBe(join(resources, 'bin', 'millpond'));
  expect(packagedCommand(entries, 'win32')).toBe(join(resources, 'bin', 'millpond.cmd'));
  expect(packagedCommand(dirname(import.meta.dirname), 'linux')).toBeUndefined();
});
