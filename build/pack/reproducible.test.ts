import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../src-main/testing/temporary-folder.ts';
import { isOnPath } from '../scripts/support/network-tools.ts';
import { writeTarGz } from './archive.ts';
import { writeIconFiles } from './icon-files.ts';

const isLinux = process.platform === 'linux';
const epochSeconds = 1_700_000_000;
const fpm = join(import.meta.dirname, 'fpm-on-dpkg.ts');

/** The same program, written in this order and at this time. */
function program(names: readonly string[], changedAt: number): string {
  const folder = join(temporaryFolder(), 'program');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const name of names) {
    const file = join(folder, name);
    writeFileSync(file, `what is in ${name}`, { mode: name.startsWith('bin/') ? 0o755 : 0o644 });
    utimesSync(file, changedAt, changedAt);
  }
  symlinkSync('../b.txt', join(folder, 'bin', 'link'));
  return folder;
}

const digest = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex');

const twice = [
  [['a.txt', 'b.txt', 'bin/run'], 1_600_000_000],
  [['bin/run', 'b.txt', 'a.txt'], 1_650_000_000],
] as const;

test.runIf(isLinux)(
  'PACK: the archive has the same bytes, whenever and in whichever order it was built',
  async () => {
    const made = twice.map(async ([names, changedAt]) => {
      const file = join(temporaryFolder(), 'millpond.tar.gz');
      await writeTarGz(program(names, changedAt), file, {
        topFolder: 'top',
        level: 9,
        epochSeconds,
      });
      return file;
    });
    const [first = '', second = ''] = await Promise.all(made);
    expect(digest(first)).toBe(digest(second));
    const listed = execFileSync('tar', ['--list', '--verbose', '--file', first]).toString();
    expect(listed).toMatch(/^-rwxr-xr-x 0\/0 .* top\/bin\/run$/m);
    // Names move below the top folder, where links lead does not.
    expect(listed).toMatch(/top\/bin\/link -> \.\.\/b\.txt$/m);
  },
);

function makeDeb(folder: string, ...more: readonly string[]) {
  const file = join(temporaryFolder(), 'millpond.deb');
  const args = ['-s', 'dir', '--force', '-t', 'deb', '-d', 'libc6', '--architecture', 'all']
    .concat(['--name', 'millpond', '--version', '1.2.3', '--maintainer', 'Ada <ada@example.org>'])
    .concat(['--description', 'One line\n and more\n\n of it', '--package', file, ...more])
    .concat([`${folder}/=/opt/Millpond`]);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds) };
  const { status, stderr } = spawnSync(process.execPath, [fpm, ...args], { env });
  return { file, status, errors: stderr.toString() };
}

test.runIf(isOnPath('dpkg-deb'))('PACK: so has the deb', () => {
  const [first, second] = twice.map(([names, changedAt]) => makeDeb(program(names, changedAt)));
  expect(first?.status, first?.errors).toBe(0);
  expect(digest(first?.file ?? '')).toBe(digest(second?.file ?? ''));
  const fields = execFileSync('dpkg-deb', ['--field', first?.file ?? '']).toString();
  expect(fields).toContain('Description: One line\n and more\n .\n of it\n');
  expect(fields).toContain('Depends: libc6\n');
});

test.runIf(isOnPath('dpkg-deb'))(
  'PACK: an option that the deb’s maker does not know stops it',
  () => {
    const { status, errors } = makeDeb(program(['a.txt'], epochSeconds), '--deb-pre-depends', 'x');
    expect(status).not.toBe(0);
    expect(errors).toContain("'--deb-pre-depends'");
  },
);

const pngMark = '89504e470d0a1a0a';

test('PACK: the icons of Windows and macOS hold a picture of each size that they promise', async () => {
  const { ico, icns } = await writeIconFiles(temporaryFolder());
  const windows = readFileSync(ico);
  const sizes = Array.from({ length: windows.readUInt16LE(4) }, (_, index) => {
    const at = 6 + 16 * index;
    const offset = windows.readUInt32LE(at + 12);
    expect(windows.subarray(offset, offset + 8).toString('hex')).toBe(pngMark);
    // Width in the picture's own header, and in the container's, where 256 is 0.
    expect(windows.readUInt32BE(offset + 16) % 256).toBe(windows[at]);
    return windows.readUInt32BE(offset + 16);
  });
  expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256]);
  const mac = readFileSync(icns);
  expect(mac.toString('latin1', 0, 4)).toBe('icns');
  expect(mac.readUInt32BE(4)).toBe(mac.length);
  let count = 0;
  for (let at = 8; at < mac.length; at += mac.readUInt32BE(at + 4)) {
    expect(mac.subarray(at + 8, at + 16).toString('hex')).toBe(pngMark);
    count += 1;
  }
  expect(count).toBe(10);
});
