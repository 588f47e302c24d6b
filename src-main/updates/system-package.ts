import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { InstallationKind } from '../platform/installation.ts';

/** Packages that the system's own installer puts in place. */
export function isSystemPackage(kind: InstallationKind): kind is 'deb' | 'rpm' {
  return kind === 'deb' || kind === 'rpm';
}

/** What installs a package file, as an administrator. Also puts an older one in place of a newer one. */
export function installCommand(kind: 'deb' | 'rpm', packageFile: string): readonly string[] {
  return kind === 'deb'
    ? ['dpkg', '--install', packageFile]
    : ['rpm', '--upgrade', '--oldpackage', packageFile];
}

/** How this account installs: itself as root, or by a window of the system that asks for the password. */
export function mayInstall(
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return isRoot() || (hasScreen(env) && isOnPath('pkexec', env));
}

export function withRights(command: readonly string[]): readonly string[] {
  return isRoot() ? command : ['pkexec', ...command];
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Without a screen pkexec asks nobody and fails. */
function hasScreen(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
}

function isOnPath(name: string, env: Readonly<Record<string, string | undefined>>): boolean {
  const folders = (env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
}
