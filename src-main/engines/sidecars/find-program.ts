import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { SidecarDeps } from './sidecar.ts';

type Places = Pick<SidecarDeps, 'env' | 'platform' | 'homeFolder'>;

/**
 * The path of a program, or undefined. A desktop app sees a shorter PATH than a shell does, so the
 * usual places of package managers are searched too. `override` names a variable with the path.
 */
export async function findProgram(
  name: string,
  override: string,
  places: Places,
): Promise<string | undefined> {
  const chosen = places.env[override];
  if (chosen !== undefined && chosen !== '') return (await isProgram(chosen)) ? chosen : undefined;
  const file = places.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of foldersOf(places)) {
    const path = join(folder, file);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

function foldersOf({ env, platform, homeFolder }: Places): readonly string[] {
  const listed = (env['PATH'] ?? env['Path'] ?? '').split(delimiter);
  const usual =
    platform === 'win32'
      ? [join(env['LOCALAPPDATA'] ?? homeFolder, 'Microsoft', 'WinGet', 'Links')]
      : [
          join(homeFolder, '.local', 'bin'),
          '/opt/homebrew/bin',
          '/usr/local/bin',
          '/home/linuxbrew/.linuxbrew/bin',
        ];
  // A relative entry would run whatever lies in the current folder.
  return [...listed, ...usual].filter((folder) => isAbsolute(folder));
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

const longestShebang = 512;

/** The Python behind an installed command, from its first line; undefined where it names none. */
export async function interpreterOf(path: string): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(longestShebang),
      0,
      longestShebang,
      0,
    );
    const start = buffer.toString('utf8', 0, bytesRead);
    return /^#!(\/.*python[\d.]*)\s*(?:\n|$)/.exec(start)?.[1];
  } finally {
    await file.close();
  }
}
