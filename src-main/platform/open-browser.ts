import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeFileAtomic } from './atomic-file.ts';

const codeLifetimeMs = 60_000;

/**
 * Opens the system's browser at an address that holds a login code. The code never becomes an
 * argument of a process, where every account of the machine could read it: the browser is given a
 * private file that leads on. False when there is no browser to open.
 */
export async function openBrowser(url: string, folder: string): Promise<boolean> {
  const opener = openerFor(process.platform, process.env);
  if (!opener) return false;
  const page = join(folder, 'open.html');
  await writeFileAtomic(page, redirectPage(url), { mode: 0o600 });
  const forget = (): void => {
    rmSync(page, { force: true });
  };
  process.once('exit', forget);
  setTimeout(forget, codeLifetimeMs).unref();
  const [command, ...args] = opener;
  return new Promise((resolve) => {
    const child = spawn(command, [...args, pathToFileURL(page).href], {
      stdio: 'ignore',
      detached: true,
    });
    child.once('error', () => {
      resolve(false);
    });
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function openerFor(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): readonly [string, ...string[]] | undefined {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
}

function redirectPage(url: string): string {
  const target = JSON.stringify(url).replaceAll('<', '\\u003c');
  return `<!doctype html><meta charset="utf-8"><title>Millpond</title><script>location.replace(${target})</script>`;
}
