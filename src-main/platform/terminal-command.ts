import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { MillpondError } from '../core/error.ts';
import { explainFileError } from './file-error.ts';
import type { Installation } from './installation.ts';
import type { Surroundings } from './paths.ts';

/**
 * Whether `millpond` can be typed in a terminal:
 * - `on`, `off` by choice · `system` the package of the system brought it
 * - `unavailable` this kind of installation has no command that could be linked
 */
export type TerminalCommandState = 'on' | 'off' | 'system' | 'unavailable';

export interface TerminalCommandStatus {
  readonly state: TerminalCommandState;
  /** Where it is, or would be. */
  readonly path?: string;
  /** False while terminals do not look into that folder: its owner has to add it to PATH. */
  readonly isOnPath?: boolean;
}

/** The `millpond` command in terminals, put there and taken away by a person's choice. */
export interface TerminalCommand {
  status(): Promise<TerminalCommandStatus>;
  /** Throws one sentence when the folder may not be written, or somebody else's file is in the way. */
  set(isOn: boolean): Promise<TerminalCommandStatus>;
}

interface TerminalCommandDeps {
  readonly installation: Pick<Installation, 'kind'>;
  /** The command of this package; undefined outside packages. */
  readonly target: string | undefined;
  readonly surroundings: Surroundings;
}

/** Changes nothing by itself: only `set` writes, and only links that are ours. */
export function createTerminalCommand(deps: TerminalCommandDeps): TerminalCommand {
  const { installation, target, surroundings } = deps;
  const { kind } = installation;
  if (kind === 'deb' || kind === 'rpm') {
    return fixed({ state: 'system', path: '/usr/bin/millpond', isOnPath: true });
  }
  // An AppImage is mounted anew at each start: nothing in it can be linked.
  if (target === undefined || kind === 'appimage') return fixed({ state: 'unavailable' });
  return surroundings.platform === 'win32'
    ? windowsCommand(target)
    : linkedCommand(target, surroundings);
}

function fixed(status: TerminalCommandStatus): TerminalCommand {
  return {
    status: () => Promise.resolve(status),
    set: () =>
      Promise.reject(
        new MillpondError(
          'invalid-request',
          status.state === 'system'
            ? 'The command belongs to the package; it comes and goes with it'
            : 'This installation brings no command for terminals',
        ),
      ),
  };
}

/** A symbolic link in the first folder of the person's own that terminals look into. */
function linkedCommand(
  target: string,
  { env, homeFolder, platform }: Surroundings,
): TerminalCommand {
  // What the desktop starts on macOS has a shorter PATH than terminals, which look there always.
  const ofTerminals = platform === 'darwin' ? ['/opt/homebrew/bin', '/usr/local/bin'] : [];
  const searched = [...(env['PATH'] ?? '').split(delimiter), ...ofTerminals];
  const usual = join(homeFolder, '.local', 'bin');
  const candidates = [usual, join(homeFolder, 'bin'), '/opt/homebrew/bin', '/usr/local/bin'];

  async function place(): Promise<string> {
    for (const folder of candidates.filter((each) => searched.includes(each))) {
      if (await isWritable(folder)) return join(folder, 'millpond');
    }
    return join(usual, 'millpond');
  }
  async function status(): Promise<TerminalCommandStatus> {
    const path = await place();
    const isOn = (await linkAt(path)) === target;
    return { state: isOn ? 'on' : 'off', path, isOnPath: searched.includes(join(path, '..')) };
  }
  return {
    status,
    async set(isOn) {
      const path = await place();
      const there = await linkAt(path);
      try {
        // A link of an installation before this one may be replaced; a file of somebody else may not.
        if (isOn && there !== target) await link(path, target, there);
        if (!isOn && there === target) await rm(path);
      } catch (error) {
        if (error instanceof MillpondError) throw error;
        throw explainFileError(error, 'link its command', path);
      }
      return status();
    },
  };
}

async function link(path: string, target: string, there: string | undefined): Promise<void> {
  if (there !== undefined && !/[/\\]resources[/\\]bin[/\\]millpond$/i.test(there)) {
    throw new MillpondError(
      'invalid-request',
      `${path} belongs to another program; remove it first, or call ${target} by its path`,
    );
  }
  await mkdir(join(path, '..'), { recursive: true });
  await rm(path, { force: true });
  await symlink(target, path);
}

/** Where the link leads; the path itself for what is no link; undefined for nothing. */
async function linkAt(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : path;
  } catch {
    return undefined; // Nothing there.
  }
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false; // Not there, or not ours.
  }
}

/** The folder of the command in the person's own PATH, which Windows keeps in the registry. */
function windowsCommand(target: string): TerminalCommand {
  const folder = join(target, '..');
  async function status(): Promise<TerminalCommandStatus> {
    const isOn = (await powerShell(folder, readUserPath)).trim() === 'on';
    return { state: isOn ? 'on' : 'off', path: target, isOnPath: isOn };
  }
  return {
    status,
    async set(isOn) {
      await powerShell(folder, isOn ? addToUserPath : removeFromUserPath);
      return status();
    },
  };
}

// The raw value keeps `%USERPROFILE%` and the like as they are; `setx` would cut at 1,024 characters.
const userPath = `$key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment', $true);
$folders = @($key.GetValue('Path', '', 'DoNotExpandEnvironmentNames').Split(';') | Where-Object { $_ -ne '' });`;
// Setting any variable this way tells open programs that the environment has changed.
const announce = `[Environment]::SetEnvironmentVariable('MillpondPathChanged', $null, 'User')`;
const readUserPath = `${userPath} if ($folders -contains $env:MILLPOND_BIN) { 'on' } else { 'off' }`;
const addToUserPath = `${userPath} if ($folders -notcontains $env:MILLPOND_BIN) {
$key.SetValue('Path', (($folders + $env:MILLPOND_BIN) -join ';'), 'ExpandString') }; ${announce}`;
const removeFromUserPath = `${userPath} $rest = @($folders | Where-Object { $_ -ne $env:MILLPOND_BIN });
$key.SetValue('Path', ($rest -join ';'), 'ExpandString'); ${announce}`;

/** The folder goes by the environment: nothing of it is read as code. */
async function powerShell(folder: string, script: string): Promise<string> {
  const args = ['-NoProfile', '-NonInteractive', '-Command', script];
  const env = { ...process.env, MILLPOND_BIN: folder };
  const { stdout } = await promisify(execFile)('powershell.exe', args, { env });
  return stdout;
}
