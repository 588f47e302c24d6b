import type { Clock } from '../../core/clock.ts';
import type { GpuFacts } from '../../core/hardware.ts';
import type { HttpClient } from '../../core/http.ts';
import type { EngineKind, ModelManifest } from '../../core/model.ts';
import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import type { EngineFactory } from '../engine.ts';

/** Whether a program is there and works on this machine. */
export type SidecarStatus =
  | { readonly isUsable: true; readonly path: string; readonly version?: string }
  | {
      readonly isUsable: false;
      /** What is missing, in one sentence that names the command. */
      readonly reason: string;
      /** Gets it; absent where nothing can. */
      readonly command?: string;
    };

/** A server program of somebody else that Millpond starts, watches and ends: one per loaded model. */
export interface Sidecar extends EngineFactory {
  readonly kind: Exclude<EngineKind, 'llama-cpp'>;
  /** As `look` found it last; unusable until then. */
  status(): SidecarStatus;
  /** Searches for the program again. Starts short-lived processes: never call it on a timer. */
  look(): Promise<SidecarStatus>;
  /** Why it cannot run this model, in one sentence; undefined when its format suits. */
  objection(model: ModelManifest): string | undefined;
}

export interface SidecarDeps {
  readonly launcher: ProgramLauncher;
  /** Of the purpose `sidecar`: everything it asks for is on this machine. */
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  /** Of the processor: `x64` or `arm64`. */
  readonly architecture: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** A port of the loopback address that nobody listens on now. */
  readonly freePort: () => Promise<number>;
  /** Threads for models whose load options name none. */
  readonly defaultThreads: number;
  readonly gpus: () => readonly GpuFacts[];
}
