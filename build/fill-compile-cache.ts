import { execFile } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const project = join(import.meta.dirname, '..');
/** Where Node keeps what it made of sources: types stripped, and compiled. */
export const compileCacheFolder = join(project, 'node_modules', '.cache', 'millpond-compiled');
const dayMs = 24 * 60 * 60_000;

/** The two programs that tests start again and again; neither does anything here. */
const programs = [
  [join(project, 'src-main', 'cli.ts'), '--help'],
  [
    '--eval',
    `import(${JSON.stringify(join(project, 'src-main/engines/llama-cpp/engine-host.ts'))})`,
  ],
];

/**
 * Runs before the tests. Hundreds of programs are started from source by them, and each spends most of
 * its start on reading the same modules. Node keeps its work only when a program ends by itself, and
 * those of tests are often killed: so each is run once. A folder of yesterday holds what has changed.
 */
export async function setup(): Promise<void> {
  const isRecent =
    existsSync(compileCacheFolder) && Date.now() - statSync(compileCacheFolder).mtimeMs < dayMs;
  if (isRecent) return;
  rmSync(compileCacheFolder, { recursive: true, force: true });
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCacheFolder };
  for (const args of programs) await promisify(execFile)(process.execPath, args, { env });
}
