import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that holds package.json. */
export const projectFolder = join(import.meta.dirname, '..', '..', '..');

export interface ProgramResult {
  /** Exit status; 1 when a signal ended the program. */
  readonly code: number;
  /** The signal that ended it, if one did. */
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to both outputs; empty when it wrote to the terminal itself. */
  readonly output: string;
  readonly durationMs: number;
}

export interface ProgramOptions {
  /** `show` gives it this terminal, `collect` keeps what it writes. */
  readonly output: 'show' | 'collect';
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program in the project folder and waits for its end. Rejects only when it cannot start. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: projectFolder,
      env: { ...process.env, ...options.env },
      stdio: options.output === 'show' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    const parts: Buffer[] = [];
    child.stdout?.on('data', (part: Buffer) => parts.push(part));
    child.stderr?.on('data', (part: Buffer) => parts.push(part));
    // Ctrl+C reaches the whole process group: the child ends itself, and we wait for it.
    const stayUntilItEnds = (): void => {};
    const passOn = (): void => void child.kill('SIGTERM');
    process.on('SIGINT', stayUntilItEnds);
    process.on('SIGTERM', passOn);
    const release = (): void => {
      process.off('SIGINT', stayUntilItEnds);
      process.off('SIGTERM', passOn);
    };
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', (code, signal) => {
      release();
      const durationMs = performance.now() - startedAt;
      resolve({ code: code ?? 1, signal, output: Buffer.concat(parts).toString(), durationMs });
    });
  });
}

/** Runs a tool that an npm package brings, with this Node. */
export function runTool(
  packageName: string,
  args: readonly string[],
  options: ProgramOptions & { readonly bin?: string },
): Promise<ProgramResult> {
  const file = toolFile(packageName, options.bin ?? packageName);
  return runProgram(process.execPath, [file, ...args], options);
}

/** The JavaScript file behind a package's command; no shell and no `.cmd` is needed to start it. */
function toolFile(packageName: string, command: string): string {
  const folder = join(projectFolder, 'node_modules', packageName);
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const bin =
    typeof manifest === 'object' && manifest !== null && 'bin' in manifest ? manifest.bin : {};
  if (typeof bin === 'string') return join(folder, bin);
  const found: unknown = Object.entries(bin ?? {}).find(([name]) => name === command)?.[1];
  if (typeof found !== 'string') throw new Error(`${packageName} brings no command "${command}"`);
  return join(folder, found);
}

/** `4.2 s`, for a line about a finished step. */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
