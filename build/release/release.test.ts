import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../src-main/testing/temporary-folder.ts';
import { describeSigning, whatSigns } from '../pack/signing.ts';
import { updateFeed } from '../pack/update-feed.ts';
import { chooseFormats } from '../pack/formats.ts';
import { thisTarget } from '../pack/target.ts';
import { checksums } from './checksums.ts';
import { releaseText } from './release-text.ts';
import { versionOfTag } from './version-of-tag.ts';

test('PACK: a tag is released only as the version of package.json', () => {
  expect(versionOfTag('v1.2.3', '1.2.3')).toBe('1.2.3');
  expect(() => versionOfTag('v1.2.4', '1.2.3')).toThrow(
    'The tag says 1.2.4, package.json says 1.2.3',
  );
  expect(() => versionOfTag('latest', '1.2.3')).toThrow("'latest' is no tag of a release");
});

test('PACK: the checksums are those that sha256sum finds, of everything for download', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'millpond_1.2.3_amd64.deb'), 'one');
  writeFileSync(join(folder, 'millpond-1.2.3-linux-x64.tar.gz'), 'two');
  writeFileSync(join(folder, 'signing-linux-x64.txt'), 'no download');
  const text = await checksums(folder);
  expect(text.trim().split('\n')).toHaveLength(2);
  if (process.platform !== 'linux') return;
  const args = ['--check', '--strict', '-'];
  const said = execFileSync('sha256sum', args, { cwd: folder, input: text }).toString();
  expect(said).toContain('millpond_1.2.3_amd64.deb: OK');
});

test('PACK: an empty folder has no checksums, and says what to do', async () => {
  await expect(checksums(temporaryFolder())).rejects.toThrow('run `npm run pack` first');
});

test('PACK: the text of a release says what is new, which file to take, and who warns about it', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'pack', 'download-page.md'), 'utf8');
  const text = releaseText({
    ...{ version: '1.2.3', notes: '- Something new', page, repository: 'ada/millpond' },
    signing: ['macOS arm64: Not signed: macOS warns at the first start.'],
  });
  expect(text).toContain('- Something new');
  expect(text).toContain('`millpond-1.2.3-mac-arm64.dmg`');
  expect(text).toContain('gh attestation verify FILE --repo ada/millpond');
  expect(text).toContain('- macOS arm64: Not signed');
  for (const way of ['Open Anyway', 'More info', 'chmod +x', 'apt install ./millpond']) {
    expect(text).toContain(way);
  }
  expect(text).not.toMatch(/\{\w+\}/);
});

test('PACK: without the secrets nothing is signed, and it is said', () => {
  const none = whatSigns({ CSC_LINK: '', APPLE_API_KEY: 'key.p8' });
  expect(none).toEqual({ mac: { certificate: false, notarises: false }, windows: false });
  expect(describeSigning('darwin', none)).toMatch(/^Not signed/);
  expect(describeSigning('win32', none)).toMatch(/^Not signed/);
  const certificate = { CSC_LINK: 'p12', CSC_KEY_PASSWORD: 'x' };
  expect(describeSigning('darwin', whatSigns(certificate))).toMatch(/not notarised/);
  const apple = { APPLE_API_KEY: 'key.p8', APPLE_API_KEY_ID: 'id', APPLE_API_ISSUER: 'issuer' };
  expect(describeSigning('darwin', whatSigns({ ...certificate, ...apple }))).toMatch(
    /notarised by/,
  );
});

test('PACK: half a feed is refused, for its packages could never be updated', () => {
  const feed = 'https://example.org/feed.json';
  expect(updateFeed({})).toBeUndefined();
  expect(updateFeed({ MILLPOND_UPDATE_FEED: feed, MILLPOND_UPDATE_PUBLIC_KEY: 'AAAA' })).toEqual({
    feed,
    publicKey: 'AAAA',
  });
  expect(() => updateFeed({ MILLPOND_UPDATE_FEED: feed })).toThrow('Set both');
  const plain = { MILLPOND_UPDATE_FEED: 'http://x', MILLPOND_UPDATE_PUBLIC_KEY: 'AAAA' };
  expect(() => updateFeed(plain)).toThrow('must be an https address');
});

test('PACK: a format or machine that there is none for is refused with what there is', () => {
  const linux = { platform: 'linux', arch: 'x64' } as const;
  expect(chooseFormats(linux, ['appimage'])).toEqual(['AppImage']);
  expect(chooseFormats(linux, [])).toEqual(['dir', 'tar.gz', 'deb', 'AppImage', 'rpm']);
  expect(() => chooseFormats(linux, ['dmg'])).toThrow(
    'There is no package "dmg" for linux; there are: dir, tar.gz, deb, AppImage, rpm.',
  );
  expect(() => thisTarget({ platform: 'freebsd', arch: 'x64' })).toThrow(
    'no packages for freebsd x64',
  );
});
