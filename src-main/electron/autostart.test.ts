import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { autostartFile, autostartFolder, writeAutostart } from './autostart.ts';

test('PACK: start at login is an entry that desktops on Linux read, hidden and only while installed', () => {
  const text = autostartFile(['/opt/Millpond/millpond-desktop'], ['--hidden']);
  expect(text).toContain('\nExec=/opt/Millpond/millpond-desktop --hidden\n');
  expect(text).toContain('\nTryExec=/opt/Millpond/millpond-desktop\n');
});

test('PACK: a path with blanks, quotes and percents is one word of the entry', () => {
  const text = autostartFile(['/home/ada/my "apps"/100% $pond.AppImage'], ['--hidden']);
  expect(text).toContain(
    String.raw`Exec="/home/ada/my \\"apps\\"/100%% \\$pond.AppImage" --hidden`,
  );
});

test('PACK: the entry is written into the person’s own folder and goes when it is switched off', () => {
  const home = temporaryFolder();
  const folder = autostartFolder({}, home);
  expect(folder).toBe(join(home, '.config', 'autostart'));
  const file = join(folder, 'millpond-desktop.desktop');
  writeAutostart(folder, 'one');
  writeAutostart(folder, 'two');
  expect(readFileSync(file, 'utf8')).toBe('two');
  writeAutostart(folder, undefined);
  writeAutostart(folder, undefined);
  expect(existsSync(file)).toBe(false);
});

test('PACK: only an absolute folder for configuration counts', () => {
  const elsewhere = join(temporaryFolder(), 'config');
  expect(autostartFolder({ XDG_CONFIG_HOME: elsewhere }, '/home/ada')).toBe(
    join(elsewhere, 'autostart'),
  );
  expect(autostartFolder({ XDG_CONFIG_HOME: 'config' }, '/home/ada')).toBe(
    join('/home/ada', '.config', 'autostart'),
  );
});
