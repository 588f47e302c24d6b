import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { OutputTail } from './output-tail.ts';
import type { ChildProcess, ProcessExit, ProcessLauncher } from './process-launcher.ts';
import { entryFile } from './program-files.ts';
import type { ProgramFiles } from './program-files.ts';

/** Starts children with `child_process.fork`: the headless program and every test. */
export function createForkLauncher(files: ProgramFiles): ProcessLauncher {
  return {
    launch(entry, options = {}) {
      return launchFile(entryFile(files, entry), options.env ?? {});
    },
  };
}

function launchFile(path: string, env: Readonly<Record<string, string>>): ChildProcess {
  const child = fork(path, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A debugger or coverage flag of the parent would make the child fight over its port.
    execArgv: [],
    env: { ...process.env, ...nativeThreadEnv(), ...env },
  });
  const tail = new OutputTail();
  tail.follow(child.stdout);
  tail.follow(child.stderr);
  const exited = new Promise<ProcessExit>((resolve) => {
    // `close` comes after the output has been read to its end, so the tail is complete.
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
  return {
    pid: child.pid,
    exited,
    post(message) {
      if (!child.connected || typeof message !== 'object' || message === null) return;
      // A failed send means that the child is gone; `exited` tells.
      child.send(message, () => {});
    },
    onMessage(listener) {
      child.on('message', listener);
    },
    outputTail: () => tail.lines(),
    kill(signal = 'SIGTERM') {
      child.kill(signal);
    },
  };
}

/** libuv's pool runs native decode and sampling calls; its size cannot change once it exists. */
function nativeThreadEnv(): Readonly<Record<string, string>> {
  return { UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())) };
}
