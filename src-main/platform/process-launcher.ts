/** Programs the runtime may start. Each is one of the entries beside `index.ts`. */
export type ProcessEntry = 'engine-host' | 'probe-host';

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One running child. Messages are structured-clonable values; a child that dies ends `exited`. */
export interface ChildProcess {
  readonly pid: number | undefined;
  /** Resolves once, when the process is gone, whoever ended it. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The newest lines the child wrote to its output, oldest first; kept for error reports. */
  outputTail(): readonly string[];
  /** Ends exactly this process. */
  kill(signal?: 'SIGTERM' | 'SIGKILL'): void;
}

export interface LaunchOptions {
  /** Added to the parent's environment, for settings that must exist before native code starts. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts children: `child_process.fork` when headless, Electron's `utilityProcess` when the shell
 * forks them on our behalf.
 */
export interface ProcessLauncher {
  launch(entry: ProcessEntry, options?: LaunchOptions): ChildProcess;
}
