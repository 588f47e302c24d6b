import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const electronFolder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));

/** How long the first byte may take before a person is better served by the browser. */
const firstByteMs = 10_000;
const lookEveryMs = 250;

/** Electron's program, or undefined while it was not fetched. `ELECTRON_OVERRIDE_DIST_PATH` names another. */
export function electronBinary(): string | undefined {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined) return join(override, 'electron');
  try {
    const program = join(
      electronFolder,
      'dist',
      readFileSync(join(electronFolder, 'path.txt'), 'utf8'),
    );
    return statSync(program).isFile() ? program : undefined;
  } catch {
    return undefined; // No path.txt or no program: it was never fetched.
  }
}

export type FetchOutcome = 'fetched' | 'no-answer' | 'failed';

/**
 * Runs Electron's own installer, which knows mirrors, proxies, its cache and the checksums. Its
 * temporary folder is watched: when no byte has come after ten seconds, it is given up.
 */
export async function fetchElectron(): Promise<FetchOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-electron-'));
  const child = spawn(process.execPath, [join(electronFolder, 'install.js')], {
    // Node's fetch honours HTTPS_PROXY only when it is told to.
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder, NODE_USE_ENV_PROXY: '1' },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const startedAt = performance.now();
  const watch = setInterval(() => {
    if (hasBytes(folder)) {
      clearInterval(watch);
    } else if (performance.now() - startedAt > firstByteMs) {
      child.kill();
    }
  }, lookEveryMs);
  try {
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(1));
      child.once('close', resolve);
    });
    if (code === 0 && electronBinary() !== undefined) return 'fetched';
    return child.killed ? 'no-answer' : 'failed';
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true, force: true });
  }
}

function hasBytes(folder: string): boolean {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true });
  return files.some((file) => file.isFile() && statSync(join(file.parentPath, file.name)).size > 0);
}
