import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MillpondError } from '../core/error.ts';
import type { ReplacedInstallation, RunCommand } from './ports.ts';
import { openStage, removeStage, stageOf } from './stage-folder.ts';

/** A new version that lies on this disk and runs nowhere yet. */
export interface Unpacked {
  /** Everything that the unpacking made; to be removed. */
  readonly stage: string;
  /** What takes the installation's place; absent where the system's package manager does it. */
  readonly replacement?: string;
  /** Its `millpond` command. */
  readonly command: string;
}

interface UnpackOptions {
  readonly run: RunCommand;
  readonly signal: AbortSignal;
  /** Where packages of the system are looked into; everything else goes beside the installation. */
  readonly ownFolder: string;
}

/**
 * Unpacks a package beside the installation, never over it, with the system's own tools. Rejects with
 * one sentence and leaves nothing behind.
 */
export async function unpack(
  packageFile: string,
  installation: ReplacedInstallation,
  options: UnpackOptions,
): Promise<Unpacked> {
  const stage = stageOf(installation, options.ownFolder);
  openStage(stage, options.ownFolder);
  try {
    return await unpackTo(stage, packageFile, installation, options);
  } catch (error) {
    removeStage(options.ownFolder);
    throw error;
  }
}

async function unpackTo(
  stage: string,
  packageFile: string,
  { kind, root, platform }: ReplacedInstallation,
  { run, signal }: UnpackOptions,
): Promise<Unpacked> {
  const ask = async (command: string, ...args: readonly string[]): Promise<void> => {
    const { code, output } = await run(command, args, { signal, folder: stage });
    signal.throwIfAborted();
    if (code !== 0) throw failed(packageFile, command, output);
  };
  const within = join(stage, 'program');
  mkdirSync(within);
  switch (kind) {
    case 'folder':
    case 'windows':
      // The one of Windows reads zip too.
      await ask('tar', '-xf', packageFile, '-C', within);
      return { stage, ...programIn(within, platform) };
    case 'mac-app': {
      await ask('ditto', '-x', '-k', packageFile, within);
      const found = { stage, ...programIn(within, platform) };
      // A damaged or altered bundle would be refused by the system only after it was in place.
      await ask('codesign', '--verify', '--deep', '--strict', found.replacement);
      return found;
    }
    case 'appimage': {
      const image = join(stage, basename(root));
      copyFileSync(packageFile, image);
      chmodSync(image, 0o755);
      await ask(image, '--appimage-extract');
      const command = join(stage, 'squashfs-root', 'resources', 'bin', 'millpond');
      return { stage, replacement: image, command: existing(command, packageFile) };
    }
    case 'deb':
      await ask('dpkg-deb', '-x', packageFile, within);
      return { stage, command: existing(inSystemFolders(within), packageFile) };
    case 'rpm':
      await ask('/bin/sh', '-c', 'rpm2cpio "$1" | cpio -idm --quiet', 'unpack', packageFile);
      return { stage, command: existing(inSystemFolders(stage), packageFile) };
    case 'source':
    case 'container':
      throw new Error(`a ${kind} is not unpacked`);
  }
}

/** Archives hold the program itself or one folder with it. */
function programIn(folder: string, platform: string) {
  const command = commandWithin(platform);
  const tops = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
  const replacement = tops.find((top) => existsSync(join(top, command)));
  if (replacement === undefined) throw holdsNoMillpond(folder);
  return { replacement, command: join(replacement, command) };
}

function commandWithin(platform: string): string {
  if (platform === 'darwin') return join('Contents', 'Resources', 'bin', 'millpond');
  return join('resources', 'bin', platform === 'win32' ? 'millpond.cmd' : 'millpond');
}

function inSystemFolders(stage: string): string {
  const folder = join(stage, 'opt');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const commands = names.map((name) => join(folder, name, 'resources', 'bin', 'millpond'));
  return commands.find((command) => existsSync(command)) ?? join(folder, 'Millpond');
}

function existing(command: string, packageFile: string): string {
  if (existsSync(command)) return command;
  throw holdsNoMillpond(packageFile);
}

function holdsNoMillpond(place: string): MillpondError {
  return new MillpondError(
    'conflict',
    `${basename(place)} holds no Millpond, although it is signed; report this, and download the package by hand`,
  );
}

/** The tool's own words are in the report; whether the disk is full is what can be acted upon. */
function failed(packageFile: string, tool: string, output: readonly string[]): MillpondError {
  const said = output.at(-1) ?? 'nothing';
  if (output.some((line) => /no space left|disk quota exceeded|wrote only \d+ of/i.test(line))) {
    return new MillpondError(
      'storage-full',
      `There is no room to unpack ${basename(packageFile)}; free some space on the disk of Millpond and try again`,
    );
  }
  return new MillpondError(
    'unavailable',
    `${basename(packageFile)} could not be unpacked: ${tool} said “${said}”`,
  );
}
