import type {
  ChildProcess,
  LaunchOptions,
  ProcessEntry,
  ProcessExit,
  ProcessLauncher,
} from '../platform/process-launcher.ts';

/** A child without a process: the test plays its part. */
export class FakeProcess implements ChildProcess {
  readonly entry: ProcessEntry;
  readonly pid = 4711;
  readonly exited: Promise<ProcessExit>;
  /** What the runtime told it, in order. */
  readonly received: unknown[] = [];
  /** Signals it was sent. */
  readonly signals: string[] = [];
  private readonly exiting = Promise.withResolvers<ProcessExit>();
  private readonly listeners: ((message: unknown) => void)[] = [];
  private readonly onReceive: ((message: unknown, child: FakeProcess) => void) | undefined;
  private tail: readonly string[] = [];

  constructor(
    entry: ProcessEntry,
    onReceive: ((message: unknown, child: FakeProcess) => void) | undefined,
  ) {
    this.entry = entry;
    this.onReceive = onReceive;
    this.exited = this.exiting.promise;
  }

  post(message: unknown): void {
    const copy: unknown = structuredClone(message);
    this.received.push(copy);
    this.onReceive?.(copy, this);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.listeners.push(listener);
  }

  outputTail(): readonly string[] {
    return this.tail;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): void {
    this.signals.push(signal);
    this.exit({ code: null, signal });
  }

  /** Says something to the runtime. */
  say(message: unknown): void {
    const copy: unknown = structuredClone(message);
    for (const listener of this.listeners) listener(copy);
  }

  /** Ends, having written these lines last. */
  exit(exit: ProcessExit, tail: readonly string[] = this.tail): void {
    this.tail = tail;
    this.exiting.resolve(exit);
  }
}

export interface FakeLauncher extends ProcessLauncher {
  /** Children that were started, in order. */
  readonly children: readonly FakeProcess[];
}

/** Starts fake children; `onReceive` answers what the runtime tells them. */
export function createFakeLauncher(
  onReceive?: (message: unknown, child: FakeProcess) => void,
): FakeLauncher {
  const children: FakeProcess[] = [];
  return {
    children,
    launch(entry: ProcessEntry, _options?: LaunchOptions) {
      const child = new FakeProcess(entry, onReceive);
      children.push(child);
      return child;
    },
  };
}
