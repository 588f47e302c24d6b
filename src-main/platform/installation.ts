import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { programFilesAt, programVersion } from './program-files.ts';

/**
 * How this copy of the program came here:
 * - `source` a checkout, run with npm · `container` an image of `resources/deploy/Dockerfile`
 * - `folder` an unpacked archive · `appimage` a mounted AppImage · `deb`, `rpm` installed by the system
 * - `mac-app` an application bundle · `windows` a folder that the installer made
 */
export type InstallationKind =
  'source' | 'folder' | 'appimage' | 'deb' | 'rpm' | 'mac-app' | 'windows' | 'container';

/** What an update has to know about the program that it replaces. */
export interface Installation {
  readonly kind: InstallationKind;
  /** Absolute: the folder or file that an update replaces. Empty where no update may touch anything. */
  readonly root: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly version: string;
}

interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Recognises the installation around the folder of a running entry (`import.meta.dirname`). Only
 * reads; a package whose marks are damaged counts as an unpacked folder.
 */
export function findInstallation(
  entryFolder: string,
  env: Environment,
  { platform, arch }: Machine = process,
): Installation {
  const files = programFilesAt(entryFolder);
  const facts = { platform, arch, version: programVersion(files) };
  const programFolder = dirname(files.manifestFile);
  if (basename(programFolder) !== unpackedName) {
    // Our own image says so: a container that somebody else built updates as its maker does.
    return { kind: env['MILLPOND_CONTAINER'] === '1' ? 'container' : 'source', root: '', ...facts };
  }
  return { ...packagedAt(dirname(programFolder), env, platform), ...facts };
}

/** What electron-builder calls the folder of plain files beside the archive. */
const unpackedName = 'app.asar.unpacked';

function packagedAt(
  resourcesFolder: string,
  env: Environment,
  platform: NodeJS.Platform,
): Pick<Installation, 'kind' | 'root'> {
  const above = dirname(resourcesFolder);
  if (platform === 'darwin' && basename(above) === 'Contents') {
    return { kind: 'mac-app', root: dirname(above) };
  }
  if (platform === 'win32') return { kind: 'windows', root: above };
  const image = env['APPIMAGE'];
  // Programs that another AppImage starts inherit its variables: only our own mount counts.
  if (image && env['APPDIR'] && isWithin(above, env['APPDIR'])) {
    return { kind: 'appimage', root: image };
  }
  return { kind: packageType(resourcesFolder), root: above };
}

function isWithin(folder: string, mount: string): boolean {
  return folder === mount || folder.startsWith(`${mount}/`);
}

/** Packages for a system's own installer carry a mark; archives carry none. */
function packageType(resourcesFolder: string): 'deb' | 'rpm' | 'folder' {
  const mark = join(resourcesFolder, 'package-type');
  if (!existsSync(mark)) return 'folder';
  const type = readFileSync(mark, 'utf8').trim();
  return type === 'deb' || type === 'rpm' ? type : 'folder';
}

/** The `millpond` command that a package brings, which finds its own Node. Undefined outside packages. */
export function packagedCommand(
  entryFolder: string,
  platform: NodeJS.Platform,
): string | undefined {
  const programFolder = dirname(programFilesAt(entryFolder).manifestFile);
  if (basename(programFolder) !== unpackedName) return undefined;
  const name = platform === 'win32' ? 'millpond.cmd' : 'millpond';
  return join(dirname(programFolder), 'bin', name);
}
