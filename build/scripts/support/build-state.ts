import { existsSync, globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, runTool, type ProgramOptions } from './run-program.ts';

/** Written last, so a build that broke off never counts. */
const stampFile = join(projectFolder, 'out', 'complete');

const sources = [
  '{src-main,src-renderer}/**/*',
  'electron.vite.config.ts',
  'package.json',
  'tsconfig*.json',
];

/** When something that the build reads was last changed, in epoch milliseconds. */
function newestSource(): number {
  const files = globSync(sources, { cwd: projectFolder }).filter(
    (file) => !/[.]test[.]/.test(file),
  );
  return Math.max(...files.map((file) => statSync(join(projectFolder, file)).mtimeMs));
}

export function isBuildCurrent(): boolean {
  return existsSync(stampFile) && statSync(stampFile).mtimeMs > newestSource();
}

/** Bundles entries, preload and window into `out/`. Answers the exit code. */
export async function build(options: ProgramOptions): Promise<{ code: number; output: string }> {
  const result = await runTool('electron-vite', ['build', '--logLevel', 'warn'], options);
  if (result.code === 0) {
    mkdirSync(join(projectFolder, 'out'), { recursive: true });
    writeFileSync(stampFile, new Date().toISOString());
  }
  return result;
}

/** Builds when needed; ends the program with the build's own words when that fails. */
export async function ensureBuilt(): Promise<void> {
  if (isBuildCurrent()) return;
  console.log('Building Millpond …');
  const { code, output } = await build({ output: 'collect' });
  if (code === 0) return;
  console.error(output);
  console.error('The build failed; the lines above say why.');
  process.exit(code);
}
