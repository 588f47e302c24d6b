import type { UpdatesOff, UpdateStatus } from '../contract/updates.ts';
import type { Clock } from '../core/clock.ts';
import type { FeedWatch } from './feed-watch.ts';
import type { PackageFetcher, ReplacedInstallation, RunCommand } from './ports.ts';
import type { RunningWork, UpdateLog, UpdateSource } from './ports.ts';
import type { TrialStep } from './trial.ts';
import type { Unpacked } from './unpack.ts';
import type { UpdateStateFile } from './update-state.ts';

/** What is done once the program has stopped. */
export type SwitchWish =
  | {
      readonly kind: 'update';
      readonly to: string;
      readonly packageFile: string;
      readonly unpacked: Unpacked;
    }
  | {
      readonly kind: 'back';
      /** For the system's own installer. */
      readonly packageFile?: string;
    };

export interface UpdaterDeps {
  readonly installation: ReplacedInstallation;
  readonly source: UpdateSource | undefined;
  /** Ours alone, inside the data folder. */
  readonly folder: string;
  readonly state: UpdateStateFile;
  readonly watch: FeedWatch;
  readonly fetcher: PackageFetcher;
  readonly run: RunCommand;
  /** Tries a version; rejects with `TrialFailure`. */
  readonly tryOut: (
    command: string,
    options: {
      readonly signal: AbortSignal;
      readonly onStep: (step: TrialStep, model?: string) => void;
    },
  ) => Promise<unknown>;
  /** Throws `storage-full` while there is no room for a copy of the data, or to unpack so much in a folder. */
  readonly room: {
    forData(): Promise<void>;
    toUnpack(packageBytes: number, folder: string): Promise<void>;
  };
  readonly work: RunningWork;
  /** What the owner's settings and the kind of this start say. */
  readonly refused: () => Extract<UpdatesOff, 'local-only' | 'by-choice' | 'safe-mode'> | undefined;
  /** Backs up the data while the program runs on, for an administrator who installs. */
  readonly backUpFor: (to: string) => Promise<string>;
  /** Stops the program; whoever stops it then carries out the wish. */
  readonly stopFor: (wish: SwitchWish) => void;
  readonly clock: Clock;
  readonly log: UpdateLog;
  readonly onChanged: (status: UpdateStatus) => void;
}
