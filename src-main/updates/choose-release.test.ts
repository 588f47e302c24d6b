import { expect, test } from 'vitest';
import { chooseRelease, fileOfVersion } from './choose-release.ts';
import type { Feed, ReleaseFile } from './feed.ts';

const running = { version: '0.1.0', platform: 'linux', arch: 'x64', kind: 'folder' };

function release(version: string, change: Partial<Feed['releases'][number]> = {}) {
  const files = [fileOf(version)];
  return { version, date: '2026-11-22', notes: version, minimumVersion: '0.1.0', files, ...change };
}

function fileOf(url: string, change: Partial<ReleaseFile> = {}): ReleaseFile {
  const machine = { platform: 'linux' as const, arch: 'x64' as const, kind: 'folder' as const };
  return { ...machine, url, sizeBytes: 1, sha256: 'a'.repeat(64), ...change };
}

const choose = (releases: Feed['releases'], version = '0.1.0') =>
  chooseRelease({ format: 1, serial: 1, releases }, { ...running, version });

test('UPDATE: the newest version is chosen, with the notes of all in between, in whatever order they come', () => {
  const choice = choose([release('0.1.0'), release('0.2.0'), release('0.10.0'), release('0.3.0')]);
  expect(choice).toMatchObject({ type: 'update', release: { version: '0.10.0' } });
  const news = choice.type === 'update' ? choice.news.map(({ version }) => version) : [];
  expect(news).toEqual(['0.10.0', '0.3.0', '0.2.0']);
});

test('UPDATE: never an older version, and a pre-release only for who runs one', () => {
  expect(choose([release('0.0.9'), release('0.1.0')])).toEqual({ type: 'current' });
  expect(choose([release('0.2.0-rc.1')])).toEqual({ type: 'current' });
  expect(choose([release('0.2.0-rc.2')], '0.2.0-rc.1')).toMatchObject({ type: 'update' });
});

test('UPDATE: who is too old takes a version in between, and hears it where there is none', () => {
  const far = release('0.9.0', { minimumVersion: '0.5.0' });
  expect(choose([far, release('0.5.0')])).toMatchObject({ release: { version: '0.5.0' } });
  expect(choose([far])).toEqual({ type: 'out-of-reach', version: '0.9.0', why: 'too-old' });
});

test('UPDATE: a file for another machine or another kind of installation is none', () => {
  const files = [
    fileOf('mac', { platform: 'darwin', kind: 'mac-app' }),
    fileOf('d', { kind: 'deb' }),
  ];
  const other = release('0.2.0', { files });
  expect(choose([other])).toEqual({ type: 'out-of-reach', version: '0.2.0', why: 'no-file' });
  const feed: Feed = { format: 1, serial: 1, releases: [other] };
  expect(fileOfVersion(feed, '0.2.0', { ...running, kind: 'deb' })?.url).toBe('d');
  expect(fileOfVersion(feed, '0.2.0', running)).toBeUndefined();
});
