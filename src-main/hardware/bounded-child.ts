import { execFile } from 'node:child_process';

/** A driver that hangs must not keep us: the child is killed after this. */
const patienceMs = 5000;
const mostOutputBytes = 1024 * 1024;

/** Runs one vendor tool to its end. Undefined when it is not installed, fails, or takes too long. */
export function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = {
      timeout: patienceMs,
      killSignal: 'SIGKILL',
      maxBuffer: mostOutputBytes,
      windowsHide: true,
    } as const;
    execFile(program, [...args], options, (error, output) => {
      resolve(error === null ? output : undefined);
    });
  });
}
