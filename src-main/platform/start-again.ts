import { spawn } from 'node:child_process';

/**
 * Puts a program in this process's place: same process id, same terminal, so that a service manager
 * sees it go on. Where the system cannot do that, a child runs in this terminal, and its exit status
 * is returned.
 */
export function startAgain(command: string, args: readonly string[]): Promise<number> {
  if (process.platform !== 'win32' && process.execve) {
    process.execve(command, [command, ...args], process.env);
  }
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.once('error', () => {
      resolve(1);
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
