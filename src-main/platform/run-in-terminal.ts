import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program in this terminal until it ends. Resolves with its exit status, or with undefined when
 * there is no such program.
 */
export function runInTerminal(
  command: string,
  args: readonly string[],
): Promise<number | undefined> {
  return new Promise((resolve) => {
    // What package managers install on Windows are scripts, which only a shell finds and starts.
    const shell = process.platform === 'win32';
    const child = spawn(command, [...args], { stdio: 'inherit', shell });
    // Ctrl+C is the program's own business while it runs.
    const ignore = (): void => {};
    process.on('SIGINT', ignore);
    const end = (status: number | undefined): void => {
      process.off('SIGINT', ignore);
      resolve(status);
    };
    child.once('error', () => {
      end(undefined);
    });
    child.once('exit', (code, signal) => {
      end(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
