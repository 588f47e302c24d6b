import type { Finding, FirstAidDeed, ReportSection } from '../contract/first-aid.ts';
import type { StartMode } from '../contract/system.ts';
import type { ErrorBody } from '../core/error.ts';
import type { HttpClient } from '../core/http.ts';

/** How to reach a runtime that is up. */
export interface RuntimeAddress {
  readonly origin: string;
  /** The owner's bearer, made anew at each start of the runtime; elsewhere a session or a key. */
  readonly token: string;
  /** The way to a gateway whose certificate this machine has pinned; the usual one if absent. */
  readonly http?: HttpClient;
}

/** A gateway elsewhere, as its certificate showed it. Nothing was sent to it yet. */
export interface RecognisedGateway {
  /** To compare by eye, with the authority to pin; absent where a public certificate vouches for the name. */
  readonly words?: readonly string[];
  /** PEM of the gateway's own authority. */
  readonly authority?: string;
  /** Trusts that authority and no other. */
  readonly http?: HttpClient;
}

/** Gateways elsewhere that this command line may command. */
export interface RemoteGateways {
  /** The one that `MILLPOND_URL` names. Rejects with `unauthenticated` while nobody signed in there. */
  chosen(): Promise<RuntimeAddress | undefined>;
  /** Rejects with `unavailable` when nobody answers. */
  recognise(origin: string, signal: AbortSignal): Promise<RecognisedGateway>;
  /** Keeps a session for its owner's account only; replaces an earlier one of the same gateway. */
  keep(session: {
    readonly origin: string;
    readonly token: string;
    readonly authority: string | undefined;
  }): Promise<void>;
}

/** A runtime that this process itself carries. */
export interface OwnRuntime extends RuntimeAddress {
  readonly port: number;
  /** A one-time address that signs a browser in; valid for 60 seconds. */
  createLoginUrl(): string;
  /** What the owner proves themselves with at the public port's set-up; undefined once that is done. */
  setUpCode(): string | undefined;
  /** Looks at the config file now. */
  reloadConfig(): Promise<void>;
  /** How it is to be started anew once it has stopped; undefined for an end. */
  restartWish(): 'normal' | 'safe' | 'replaced' | undefined;
  /** Resolves when the runtime has stopped, whoever asked for it. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly port?: number;
  /** The config file; `millpond.yaml` in the data folder if absent. */
  readonly configFile?: string;
  /** `normal` if absent. */
  readonly mode?: StartMode;
  /** Loads the default model at once, as a window would want it. */
  readonly loadDefaultModel: boolean;
  /** A gateway on a server: its public port is open from the start, with this pool if it has none. */
  readonly pool?: {
    /** As the computer is called if absent. */
    readonly name?: string;
    /** Of the public port; the settings' if absent. */
    readonly port?: number;
    /** For the public name; the settings' if absent. */
    readonly certificate?: { readonly certFile: string; readonly keyFile: string };
    /** A reverse proxy that stands in front of it. */
    readonly proxy?: {
      readonly host: string;
      readonly port: number;
      readonly trusted: readonly string[];
      readonly publicUrl: string;
      readonly userHeader?: string;
    };
  };
}

/** Looks for what is wrong without a runtime. */
export interface OfflineFirstAid {
  examine(signal: AbortSignal): Promise<readonly Finding[]>;
  mend(deed: FirstAidDeed, subject: string | undefined, signal: AbortSignal): Promise<void>;
  report(signal: AbortSignal): Promise<readonly ReportSection[]>;
}

/** Settings files of other programs on this computer. */
export interface ToolFiles {
  /** Undefined when there is none. */
  read(path: string): Promise<string | undefined>;
  /** Readable by its owner alone; makes the folders above it. */
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** A copy of the database that was made before an update changed it. */
export interface UpgradeCopy {
  readonly file: string;
  /** Epoch milliseconds. */
  readonly madeAt: number;
  readonly sizeBytes: number;
  readonly schema: number;
  /** The version whose update it was made before; absent: not known. */
  readonly before?: string;
  /** This Millpond would update it again when it starts. */
  readonly isForOlder: boolean;
}

/** What is known and can be done about updates without a runtime. */
export interface OwnUpdates {
  state(): {
    /** What `goBack` brings. */
    readonly earlier?: { readonly version: string; readonly replacedAt: number };
    /** Why the latest try came to nothing. */
    readonly failure?: { readonly error: ErrorBody };
    /** The system's installer had it last. */
    readonly awaited?: { readonly to: string };
    /** What was written with a version that was left. */
    readonly setAside?: { readonly version: string; readonly folder: string };
  };
  /** Rejects with one sentence. Nobody may use the data folder meanwhile. */
  goBack(): Promise<void>;
}

/** Everything the verbs touch outside their own process memory; the entry hands it in. */
export interface CliDependencies {
  readonly version: string;
  readonly http: HttpClient;
  /** The runtime that holds this data folder's lock, if one does. */
  findRuntime(): Promise<RuntimeAddress | undefined>;
  startRuntime(options: StartOptions): Promise<OwnRuntime>;
  readonly remotes: RemoteGateways;
  /** Writes a new file. Throws `conflict` when it exists. */
  backUp(file: string): void;
  /** Answers where the former data lies. Throws `conflict` while a runtime uses the data folder. */
  restore(file: string): string | undefined;
  readonly updates: OwnUpdates;
  /**
   * The program that is in place now takes over this process, with the same arguments and at this port.
   * Returns an exit status only where the system lets no program take over another's process.
   */
  handOver(port: number): Promise<number>;
  /** Copies from before updates of Millpond that can be put back, newest first. */
  upgradeCopies(): readonly UpgradeCopy[];
  /** Opens the system's browser without ever putting the address into a process's arguments. */
  openBrowser(url: string): Promise<boolean>;
  /** First aid in this very process, while nothing can be asked. */
  readonly firstAid: OfflineFirstAid;
  readonly files: ToolFiles;
  /** Where it is kept what `launch` has changed. */
  readonly launchRecord: string;
  /** Where programs keep their settings. */
  readonly settingsOfTools: {
    readonly homeFolder: string;
    readonly env: Readonly<Record<string, string | undefined>>;
  };
  /** Runs a program in this terminal; its exit status, or undefined when it is not installed. */
  startProgram(command: string, args: readonly string[]): Promise<number | undefined>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Calls back when the service manager asks for the config file to be read again. */
  onReload(listener: () => void): void;
  /** Aborted by Ctrl+C and by the service manager. */
  readonly interrupted: AbortSignal;
}
