import { spawn } from 'node:child_process';
import type { ChildProcess as NodeChild } from 'node:child_process';
import { OutputTail } from './output-tail.ts';
import type { ProcessExit } from './process-launcher.ts';

export interface ProgramLaunch {
  /** Path of the program; started as it is, never through a shell. */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the parent's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it starts; where this process runs if absent. */
  readonly folder?: string;
  /** Called with each line it writes. */
  readonly onLine?: (line: string) => void;
}

/** A program of somebody else, with everything that it started itself. */
export interface RunningProgram {
  readonly pid: number | undefined;
  /** Resolves once, when the program is gone, whoever ended it. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** The newest lines it wrote, oldest first. */
  outputTail(): readonly string[];
  /** Signals the program and its children. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts ordinary programs; engines and probes of our own go through the `ProcessLauncher`. */
export interface ProgramLauncher {
  launch(launch: ProgramLaunch): RunningProgram;
}

/**
 * Each program leads a process group of its own, so that its children end with it, and does not
 * outlive this process: on Linux and macOS a guard kills the group when our end of a pipe closes,
 * which a `kill -9` does too. Windows has no such groups: there a runtime that was killed leaves
 * its programs running, and only an orderly end stops them.
 */
export function createProgramLauncher(): ProgramLauncher {
  return {
    launch({ command, args, env = {}, folder, onLine }) {
      const child = spawn(command, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: hasGroups,
        windowsHide: true,
        ...(folder !== undefined && { cwd: folder }),
        env: { ...process.env, ...env },
      });
      const tail = new OutputTail(onLine);
      tail.follow(child.stdout);
      tail.follow(child.stderr);
      const release = guardGroup(child);
      const exited = exitOf(child);
      void exited.then(release);
      return {
        pid: child.pid,
        exited,
        outputTail: () => tail.lines(),
        kill(signal) {
          killTree(child, signal);
        },
      };
    },
  };
}

const hasGroups = process.platform !== 'win32';

/** Output that was written before the end arrives a little after it. */
const lastWordsMs = 300;

function exitOf(child: NodeChild): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
    // A grandchild may hold the output open for as long as it likes: `close` then never comes.
    child.once('exit', (code, signal) => {
      setTimeout(() => {
        resolve({ code, signal });
      }, lastWordsMs).unref();
    });
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
}

/** Waits for a line; when the pipe closes without one, its writer is dead and the group must go. */
const guardScript = 'read -r line || kill -s KILL -- "-$1"';

/** Returns how to dismiss the guard. */
function guardGroup({ pid }: NodeChild): () => void {
  if (!hasGroups || pid === undefined) return () => {};
  const guard = spawn('/bin/sh', ['-c', guardScript, 'guard', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Away from the terminal's Ctrl-C, which the runtime answers by ending in good order.
    detached: true,
  });
  // Without a guard the program still ends with an orderly runtime.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  return () => {
    guard.stdin.end('done\n');
  };
}

function killTree(child: NodeChild, signal: 'SIGTERM' | 'SIGKILL'): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (!hasGroups) {
    spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group is gone already.
  }
}
