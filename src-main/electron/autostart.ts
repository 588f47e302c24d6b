import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Where desktops on Linux look for what starts at login. */
export function autostartFolder(
  env: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
): string {
  const config = env['XDG_CONFIG_HOME'];
  // The specification has relative paths ignored.
  return join(config && isAbsolute(config) ? config : join(homeFolder, '.config'), 'autostart');
}

/** The entry that starts this program with these words. Once it is uninstalled, desktops pass over it. */
export function autostartFile(program: readonly string[], args: readonly string[]): string {
  const [file = ''] = program;
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Millpond',
    `Exec=${[...program, ...args].map(quoted).join(' ')}`,
    `TryExec=${inValue(file)}`,
    'Icon=millpond-desktop',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Writes the entry, or takes it away; leaves one alone that says the same already. */
export function writeAutostart(folder: string, text: string | undefined): void {
  const file = join(folder, 'millpond-desktop.desktop');
  if (text === undefined) {
    rmSync(file, { force: true });
  } else if (textOf(file) !== text) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // Not there yet.
  }
}

/** By the desktop entry specification: a word in quotes, then the escapes of every value. */
function quoted(word: string): string {
  if (/^[\w./-]+$/.test(word)) return word;
  return inValue(`"${word.replaceAll(/(["`$\\])/g, '\\$1').replaceAll('%', '%%')}"`);
}

const inValue = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
