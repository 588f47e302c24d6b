import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Readable } from 'node:stream';

/** How ports cross the process border: the parent keeps them and relays by id. */
export type WireMessage =
  | { readonly to: 'parent'; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly to: 'port'; readonly port: number; readonly data: unknown }
  | { readonly to: 'closed'; readonly port: number };

const bootstrap = fileURLToPath(new URL('./utility-process-bootstrap.ts', import.meta.url));

/** One end of a channel. Messages wait until somebody listens, as Electron's do. */
export class MessagePortMain extends EventEmitter {
  peer: MessagePortMain | undefined;
  private isStarted = false;
  private readonly waiting: unknown[] = [];

  postMessage(data: unknown): void {
    this.peer?.deliver(structuredClone(data));
  }

  start(): void {
    this.isStarted = true;
    for (const data of this.waiting.splice(0)) this.emit('message', { data, ports: [] });
  }

  close(): void {
    const { peer } = this;
    this.peer = undefined;
    if (!peer) return;
    peer.peer = undefined;
    peer.emit('close');
    this.emit('close');
  }

  private deliver(data: unknown): void {
    if (this.isStarted) this.emit('message', { data, ports: [] });
    else this.waiting.push(data);
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    this.port1.peer = this.port2;
    this.port2.peer = this.port1;
  }
}

interface ForkOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdio?: 'pipe' | 'inherit' | 'ignore';
}

/** Electron's `UtilityProcess` over a forked Node that gets `process.parentPort` from a preload. */
class UtilityProcess extends EventEmitter {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  private readonly child: ChildProcess;
  private readonly ports = new Map<number, MessagePortMain>();
  private lastPort = 0;

  constructor(modulePath: string, args: readonly string[], options: ForkOptions) {
    super();
    const stdio = options.stdio ?? 'inherit';
    this.child = fork(modulePath, args, {
      serialization: 'advanced',
      stdio: ['ignore', stdio, stdio, 'ipc'],
      execArgv: ['--import', bootstrap],
      env: options.env ?? process.env,
    });
    this.stdout = this.child.stdout;
    this.stderr = this.child.stderr;
    this.child.once('spawn', () => this.emit('spawn'));
    this.child.once('exit', (code, signal) => {
      for (const port of this.ports.values()) port.close();
      this.emit('exit', code ?? (signal === null ? 1 : 128));
    });
    this.child.on('message', (message: WireMessage) => {
      if (message.to === 'parent') this.emit('message', message.data);
      else if (message.to === 'port') this.ports.get(message.port)?.postMessage(message.data);
      else this.ports.get(message.port)?.close();
    });
  }

  get pid(): number | undefined {
    return this.child.exitCode === null ? this.child.pid : undefined;
  }

  postMessage(data: unknown, transfer: readonly MessagePortMain[] = []): void {
    const ports = transfer.map((port) => this.adopt(port));
    this.transmit({ to: 'parent', data, ports });
  }

  kill(): boolean {
    return this.child.kill();
  }

  private adopt(port: MessagePortMain): number {
    this.lastPort += 1;
    const id = this.lastPort;
    this.ports.set(id, port);
    port.on('message', ({ data }: { data: unknown }) => {
      this.transmit({ to: 'port', port: id, data });
    });
    port.on('close', () => {
      this.transmit({ to: 'closed', port: id });
    });
    port.start();
    return id;
  }

  private transmit(message: WireMessage): void {
    if (this.child.connected) this.child.send(message, () => {});
  }
}

export const utilityProcess = {
  fork: (modulePath: string, args: readonly string[] = [], options: ForkOptions = {}) =>
    new UtilityProcess(modulePath, args, options),
};
