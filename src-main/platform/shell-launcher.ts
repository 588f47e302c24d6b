import { OutputTail } from './output-tail.ts';
import type { ChildProcess, ProcessExit, ProcessLauncher } from './process-launcher.ts';
import type { FromRuntime, PortLike, ToRuntime } from './shell-protocol.ts';

interface ShellLauncherDependencies {
  send(message: FromRuntime): void;
}

/** What the shell answers about children; the runtime's message loop passes it on. */
export interface ShellLauncher extends ProcessLauncher {
  accept(message: ToRuntime, ports: readonly PortLike[]): void;
}

/**
 * Asks the Electron shell to fork children: a utility process cannot fork one itself. What is posted
 * before the child's port arrives waits for it.
 */
export function createShellLauncher(deps: ShellLauncherDependencies): ShellLauncher {
  const children = new Map<number, ShellChild>();
  let nextId = 1;
  return {
    launch(entry, options = {}) {
      const childId = nextId;
      nextId += 1;
      const child = new ShellChild((signal) => {
        deps.send({ type: 'kill', childId, signal });
      });
      children.set(childId, child);
      deps.send({ type: 'launch', childId, entry, env: options.env ?? {} });
      return child;
    },
    accept(message, ports) {
      if (!('childId' in message)) return;
      const child = children.get(message.childId);
      if (message.type === 'launched') child?.connect(message.pid, ports[0]);
      else if (message.type === 'output') child?.tail.add(message.line);
      else {
        child?.end({ code: message.code, signal: null });
        children.delete(message.childId);
      }
    },
  };
}

class ShellChild implements ChildProcess {
  readonly tail = new OutputTail();
  readonly exited: Promise<ProcessExit>;
  readonly end: (exit: ProcessExit) => void;
  pid: number | undefined;
  private readonly sendKill: (signal: 'SIGTERM' | 'SIGKILL') => void;
  private readonly listeners: ((message: unknown) => void)[] = [];
  private readonly waiting: unknown[] = [];
  private port: PortLike | undefined;

  constructor(sendKill: (signal: 'SIGTERM' | 'SIGKILL') => void) {
    this.sendKill = sendKill;
    const { promise, resolve } = Promise.withResolvers<ProcessExit>();
    this.exited = promise;
    this.end = resolve;
  }

  connect(pid: number | undefined, port: PortLike | undefined): void {
    this.pid = pid;
    this.port = port;
    port?.on('message', ({ data }) => {
      for (const listener of this.listeners) listener(data);
    });
    port?.start();
    for (const message of this.waiting.splice(0)) port?.postMessage(message);
  }

  post(message: unknown): void {
    if (this.port) this.port.postMessage(message);
    else this.waiting.push(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.listeners.push(listener);
  }

  outputTail(): readonly string[] {
    return this.tail.lines();
  }

  kill(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): void {
    this.sendKill(signal);
  }
}
