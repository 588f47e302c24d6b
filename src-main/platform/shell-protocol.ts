import type { ProcessEntry } from './process-launcher.ts';

/** What the desktop shell shows and does on the runtime's behalf; taken from the settings. */
export interface ShellPreferences {
  readonly closeToTray: boolean;
  readonly startAtLogin: boolean;
  readonly language: 'system' | 'en' | 'zh-CN';
}

/** The runtime tells the shell that started it. */
export type FromRuntime =
  /** The window may open. `isOwn` is false when another process already served this data folder. */
  | { readonly type: 'ready'; readonly loginUrl: string; readonly isOwn: boolean }
  /** It ends and wants to be started anew in this way. */
  | { readonly type: 'restart'; readonly mode: 'normal' | 'safe' }
  /** So many starts in a row crashed: it waits for nobody, ends, and leaves the choice to the person. */
  | { readonly type: 'crashed-before'; readonly count: number }
  /** The report of a process that was started for nothing else. */
  | { readonly type: 'report'; readonly text: string }
  /** It cannot start; one sentence for a dialog. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'login'; readonly requestId: number; readonly loginUrl: string }
  | { readonly type: 'preferences'; readonly preferences: ShellPreferences }
  /** Fork this entry and send `launched` with a message port to it. */
  | {
      readonly type: 'launch';
      readonly childId: number;
      readonly entry: ProcessEntry;
      readonly env: Readonly<Record<string, string>>;
    }
  /** Another program lies in this one's place: start that when the runtime has ended. */
  | { readonly type: 'replaced' }
  | { readonly type: 'kill'; readonly childId: number; readonly signal: 'SIGTERM' | 'SIGKILL' }
  | { readonly type: 'stopped' };

/** The shell tells its runtime. */
export type ToRuntime =
  | { readonly type: 'request-login'; readonly requestId: number }
  /** Carries one transferred port, already connected to the child. */
  | { readonly type: 'launched'; readonly childId: number; readonly pid: number | undefined }
  | { readonly type: 'output'; readonly childId: number; readonly line: string }
  | { readonly type: 'exited'; readonly childId: number; readonly code: number | null }
  /** The computer woke up: drivers and networks may have changed. */
  | { readonly type: 'resumed' }
  | { readonly type: 'stop' };

/** First message to a forked child; carries the port on which everything else happens. */
export const childPortMessage = 'millpond:port';

/** The part of a message port that both Electron and its stand-in have. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** `process.parentPort` inside an Electron utility process. */
export interface ParentPort {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly PortLike[] }) => void,
  ): unknown;
}

/** The shell's end of this process; undefined when no Electron shell forked it. */
export function shellParentPort(): ParentPort | undefined {
  return (process as { readonly parentPort?: ParentPort }).parentPort;
}
