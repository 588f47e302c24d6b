import type { HttpClient } from '../core/http.ts';

/** How to reach a runtime that is up. */
export interface RuntimeAddress {
  readonly origin: string;
  /** The owner's bearer; made anew at each start of the runtime. */
  readonly token: string;
}

/** A runtime that this process itself carries. */
export interface OwnRuntime extends RuntimeAddress {
  readonly port: number;
  /** A one-time address that signs a browser in; valid for 60 seconds. */
  createLoginUrl(): string;
  /** Resolves when the runtime has stopped, whoever asked for it. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly port?: number;
  /** Loads the default model at once, as a window would want it. */
  readonly loadDefaultModel: boolean;
}

/** Everything the verbs touch outside their own process memory; the entry hands it in. */
export interface CliDependencies {
  readonly version: string;
  readonly http: HttpClient;
  /** The runtime that holds this data folder's lock, if one does. */
  findRuntime(): Promise<RuntimeAddress | undefined>;
  startRuntime(options: StartOptions): Promise<OwnRuntime>;
  /** Opens the system's browser without ever putting the address into a process's arguments. */
  openBrowser(url: string): Promise<boolean>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by Ctrl+C and by the service manager. */
  readonly interrupted: AbortSignal;
}
