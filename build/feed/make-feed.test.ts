import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readFeed } from '../../src-main/updates/feed.ts';
import { notesOf } from './change-notes.ts';
import { addRelease, newKeys, publicKeyOf, signFeed } from './make-feed.ts';
import { packageOf } from './package-names.ts';

function packagesIn(...names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-feed-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  mkdirSync(join(folder, 'unpacked'));
  for (const name of names) writeFileSync(join(folder, name), name);
  return folder;
}

const about = { date: '2026-11-22', notes: '- more', minimumVersion: '0.1.0', baseUrl: '' };

test('UPDATE: every package that an update replaces is known by its name, and nothing else', () => {
  const names = {
    'millpond-0.2.0-linux-x64.tar.gz': ['linux', 'x64', 'folder'],
    'millpond-0.2.0-linux-x86_64.AppImage': ['linux', 'x64', 'appimage'],
    'millpond_0.2.0_arm64.deb': ['linux', 'arm64', 'deb'],
    'millpond-0.2.0.aarch64.rpm': ['linux', 'arm64', 'rpm'],
    'millpond-0.2.0-mac-arm64.zip': ['darwin', 'arm64', 'mac-app'],
    'millpond-0.2.0-windows-x64.zip': ['win32', 'x64', 'windows'],
  };
  for (const [name, [platform, arch, kind]] of Object.entries(names)) {
    expect(packageOf(name)).toEqual({ platform, arch, kind, version: '0.2.0' });
  }
  for (const name of [
    'millpond-0.2.0-mac-arm64.dmg',
    'feed.json',
    'millpond-0.2.0-linux-mips.tar.gz',
  ]) {
    expect(packageOf(name)).toBeUndefined();
  }
});

test('UPDATE: a feed grows by a version, its serial too, and is proved with the other half of the key', async () => {
  const { publicKey, privateKey } = newKeys();
  expect(publicKeyOf(privateKey)).toBe(publicKey);
  const first = await addRelease({
    ...{ ...about, folder: packagesIn('millpond_0.2.0_amd64.deb', 'SHA256SUMS'), version: '0.2.0' },
  });
  const folder = packagesIn('millpond-0.10.0-linux-x64.tar.gz', 'millpond_0.2.0_amd64.deb');
  const feed = await addRelease({ ...about, folder, version: '0.10.0', previous: first });
  expect(feed.serial).toBe(2);
  expect(feed.releases.map(({ version, files }) => [version, files.length])).toEqual([
    ['0.10.0', 1],
    ['0.2.0', 1],
  ]);
  expect(readFeed(signFeed(feed, privateKey), publicKey)).toEqual(feed);
  const again = await addRelease({ ...about, folder, version: '0.10.0', previous: feed });
  expect(again.releases).toHaveLength(2);
  await expect(addRelease({ ...about, folder, version: '0.3.0' })).rejects.toThrow('no package of');
});

test('UPDATE: notes are this version’s part of the change log', () => {
  const log = '# Changelog\n\n## 0.2.0, 2026-11-22\n\n- new\n\n## [0.1.0] 2026-01-01\n\n- old\n';
  expect(notesOf(log, '0.2.0')).toEqual({ notes: '- new', date: '2026-11-22' });
  expect(notesOf(log, '0.1.0')).toEqual({ notes: '- old', date: '2026-01-01' });
  expect(() => notesOf(log, '0.3.0')).toThrow('CHANGELOG.md has no part for 0.3.0');
});
