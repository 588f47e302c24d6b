import { EventEmitter } from 'node:events';
import type { WireMessage } from './utility-process.ts';

/** Runs before a forked entry and gives it the `process.parentPort` that Electron would. */
class RelayedPort extends EventEmitter {
  private readonly id: number;
  private isStarted = false;
  private readonly waiting: unknown[] = [];

  constructor(id: number) {
    super();
    this.id = id;
  }

  postMessage(data: unknown): void {
    send({ to: 'port', port: this.id, data });
  }

  start(): void {
    this.isStarted = true;
    for (const data of this.waiting.splice(0)) this.emit('message', { data, ports: [] });
  }

  close(): void {
    send({ to: 'closed', port: this.id });
  }

  deliver(data: unknown): void {
    if (this.isStarted) this.emit('message', { data, ports: [] });
    else this.waiting.push(data);
  }
}

const ports = new Map<number, RelayedPort>();
const waiting: WireMessage[] = [];

class ParentPort extends EventEmitter {
  postMessage(data: unknown): void {
    send({ to: 'parent', data, ports: [] });
  }

  override on(event: string, listener: (...values: never[]) => void): this {
    super.on(event, listener as never);
    // Never from inside `on`: Electron delivers messages as tasks of their own.
    if (event === 'message') setImmediate(deliverWaiting);
    return this;
  }
}

// What this process forks itself is plain Node and must not get a parent port too.
process.execArgv.splice(0);

const parentPort = new ParentPort();
Object.defineProperty(process, 'parentPort', { value: parentPort });
Object.defineProperty(process, 'type', { value: 'utility' });

process.on('message', (message: WireMessage) => {
  const isEarly = waiting.length > 0 || parentPort.listenerCount('message') === 0;
  if (isEarly) waiting.push(message);
  else receive(message);
});
process.once('disconnect', () => process.exit(0));

function deliverWaiting(): void {
  for (const message of waiting.splice(0)) receive(message);
}

function receive(message: WireMessage): void {
  if (message.to === 'parent') {
    const opened = message.ports.map((id) => {
      const port = new RelayedPort(id);
      ports.set(id, port);
      return port;
    });
    parentPort.emit('message', { data: message.data, ports: opened });
  } else if (message.to === 'port') ports.get(message.port)?.deliver(message.data);
  else ports.get(message.port)?.emit('close');
}

function send(message: WireMessage): void {
  // The entry must not find the plain Node channel: real utility processes have none.
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}
