import type { InstallationKind } from '../platform/installation.ts';

/** Where updates come from, as the package says: `resources/updates.json`. */
export interface UpdateSource {
  /** Address of `feed.json`; its signature lies beside it with `.sig` behind the name. */
  readonly feed: string;
  /** Base64 of our Ed25519 key in SPKI form. */
  readonly publicKey: string;
}

/** The copy of the program that is replaced. */
export interface ReplacedInstallation {
  readonly kind: InstallationKind;
  /** Absolute; empty where no update may touch anything. */
  readonly root: string;
  readonly platform: string;
  readonly arch: string;
  readonly version: string;
}

/** A package to fetch. */
export interface PackageFile {
  readonly url: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Fetches files as models are fetched: by ranges, resumed after whatever ended it, proved, repaired. */
export interface PackageFetcher {
  /** Where the proved file lies. Rejects with one sentence; what has arrived is kept for the next time. */
  fetch(
    file: PackageFile,
    options: { readonly signal: AbortSignal; readonly onProgress: (p: FetchProgress) => void },
  ): Promise<string>;
}

export interface FetchProgress {
  readonly doneBytes: number;
  readonly bytesPerSecond?: number;
}

export interface CommandResult {
  /** Null when it could not be started or a signal ended it. */
  readonly code: number | null;
  /** The newest lines that it wrote. */
  readonly output: readonly string[];
}

/** Runs a program of the system to its end; ended with the signal. Never rejects. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options: { readonly signal: AbortSignal; readonly folder?: string },
) => Promise<CommandResult>;

/** A program that was started and goes on. */
export interface StartedProgram {
  readonly exited: Promise<{ readonly code: number | null }>;
  outputTail(): readonly string[];
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export type StartProgram = (launch: {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}) => StartedProgram;

/** What a version is tried with. */
export interface TrialData {
  /** A data folder of its own: copies of database, settings and secrets, and the way to the models. */
  readonly folder: string;
  /** Names of models to ask, the one that was used last first. */
  readonly models: readonly string[];
  /** What the version has written into its log there: the newest warnings and errors, oldest first. */
  logLines(): Promise<readonly string[]>;
  discard(): Promise<void>;
}

/** Answers that run here, for this machine's people and for others. */
export interface RunningWork {
  count(): number;
  /** Takes nothing more for others. Returns how to take it up again. */
  finishShared(): Promise<() => Promise<void>>;
}

/** Data that belongs to the program's version. */
export interface VersionedData {
  /** Puts a backup in place; returns the folder where what was there lies now. */
  restore(file: string): string | undefined;
}

export interface UpdateLog {
  info(data: object, sentence: string): void;
  warn(data: object, sentence: string): void;
}
