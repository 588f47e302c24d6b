import { accessSync, constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { UpdateJob, UpdatesOff, UpdateStatus } from '../contract/updates.ts';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import { chooseRelease, fileOfVersion } from './choose-release.ts';
import type { Choice } from './choose-release.ts';
import type { FeedWatch } from './feed-watch.ts';
import type { PackageFetcher, ReplacedInstallation, RunCommand } from './ports.ts';
import type { RunningWork, UpdateLog, UpdateSource } from './ports.ts';
import { installCommand, isSystemPackage, mayInstall } from './system-package.ts';
import { TrialFailure } from './trial.ts';
import type { TrialStep } from './trial.ts';
import { removeStage, stageOf } from './stage-folder.ts';
import { unpack } from './unpack.ts';
import type { Unpacked } from './unpack.ts';
import type { UpdateState, UpdateStateFile } from './update-state.ts';
import { waitForWork } from './wait-for-work.ts';

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

type FailureStep = NonNullable<UpdateState['failure']>['step'];

/** Nobody's answer takes longer than this, unless nobody reads it. */
const waitLimitMs = 10 * 60_000;

/** Looks for newer versions, fetches and tries them, and hands over to them. One job at a time. */
export class Updater {
  private readonly deps: UpdaterDeps;
  private job: UpdateJob | undefined;
  private stop = new AbortController();
  private hurrying = new AbortController();
  private running: Promise<void> | undefined;
  private isLeaving = false;

  constructor(deps: UpdaterDeps) {
    this.deps = deps;
  }

  status(): UpdateStatus {
    const { installation, state, watch } = this.deps;
    const { lastCheckedAt, failure, earlier, awaited, setAside } = state.current;
    const off = this.off();
    const choice = this.choice();
    return {
      version: installation.version,
      kind: installation.kind,
      isChecking: watch.isLooking,
      ...(off !== undefined && { off }),
      ...(lastCheckedAt !== undefined && { lastCheckedAt }),
      ...(watch.error && { checkError: watch.error.toBody() }),
      ...(choice?.type === 'update' && { available: this.viewOf(choice) }),
      ...(choice?.type === 'out-of-reach' && {
        outOfReach: { version: choice.version, why: choice.why },
      }),
      ...(this.job && { job: this.job }),
      ...(failure && { failure }),
      ...(awaited?.command !== undefined && { command: awaited.command }),
      ...(earlier && { earlier: { version: earlier.version, replacedAt: earlier.replacedAt } }),
      ...(setAside && { setAside }),
    };
  }

  /** Looks now. Throws `conflict` where nobody looks at all, and says what to do instead. */
  async check(): Promise<UpdateStatus> {
    this.requireOn();
    await this.deps.watch.look();
    return this.status();
  }

  /** Begins, or goes on. Throws `not-found` for a version that is not offered. */
  apply(version: string): UpdateStatus {
    this.requireOn();
    const choice = this.choice();
    if (choice?.type !== 'update' || choice.release.version !== version) {
      throw new MillpondError('not-found', `There is no update to ${version} here; look again`);
    }
    if (this.running === undefined) {
      const totalBytes = choice.file.sizeBytes;
      const first = { phase: 'downloading' as const, version, doneBytes: 0, totalBytes };
      this.begin(first, (signal) => this.update(choice, signal));
    }
    return this.status();
  }

  /** Begins the way back. Throws `not-found` where there is none. */
  back(): UpdateStatus {
    const { earlier } = this.deps.state.current;
    if (earlier === undefined) {
      throw new MillpondError('not-found', 'There is no earlier version here to go back to');
    }
    if (this.running === undefined) {
      const { clock, work } = this.deps;
      const until = clock.now() + waitLimitMs;
      const { version } = earlier;
      const first = { phase: 'waiting' as const, version, answers: work.count(), until };
      this.begin(first, (signal) => this.goBack(version, signal));
    }
    return this.status();
  }

  /** Too late once the program stops. */
  cancel(): UpdateStatus {
    if (!this.isLeaving)
      this.stop.abort(new MillpondError('cancelled', 'The update was cancelled'));
    return this.status();
  }

  hurry(): UpdateStatus {
    this.hurrying.abort();
    return this.status();
  }

  async putOff(version: string): Promise<UpdateStatus> {
    await this.deps.state.change({ putOff: version });
    return this.tell();
  }

  /** Somebody changed a setting that matters here. */
  tell(): UpdateStatus {
    const status = this.status();
    this.deps.onChanged(status);
    return status;
  }

  /** Ends what is under way, unless the program stops for its sake. */
  async dispose(): Promise<void> {
    this.deps.watch.stop();
    if (!this.isLeaving) this.stop.abort(new MillpondError('cancelled', 'Millpond is stopping'));
    await this.running;
  }

  private begin(first: UpdateJob, work: (signal: AbortSignal) => Promise<void>): void {
    this.stop = new AbortController();
    this.hurrying = new AbortController();
    this.enter(first);
    this.running = work(this.stop.signal)
      .catch((error: unknown) => {
        // Every step keeps its own failure; this is one that could not even be kept.
        this.deps.log.warn({ err: error }, 'update ended');
      })
      .finally(() => {
        this.running = undefined;
        if (this.isLeaving) return;
        this.job = undefined;
        this.tell();
      });
  }

  private async update(
    { release, file }: Extract<Choice, { type: 'update' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { deps } = this;
    const { version } = release;
    await deps.state.change({ failure: undefined, putOff: undefined });
    let packageFile = '';
    let unpacked: Unpacked | undefined;
    try {
      await this.step('download', version, async () => {
        this.requireWritable();
        await deps.room.forData();
        await deps.room.toUnpack(file.sizeBytes, dirname(stageOf(deps.installation, deps.folder)));
        packageFile = await this.download(version, file, signal);
      });
      await this.step('unpack', version, async () => {
        this.enter({ phase: 'unpacking', version });
        unpacked = await unpack(packageFile, deps.installation, {
          ...{ run: deps.run, signal, ownFolder: deps.folder },
        });
      });
      const ready = unpacked;
      if (ready === undefined) return;
      await this.step('trial', version, async () => {
        await deps.tryOut(ready.command, {
          signal,
          onStep: (step, model) => {
            this.enter({ phase: 'trying', version, step, ...(model !== undefined && { model }) });
          },
        });
      });
      await this.step('switch', version, () => this.install(version, packageFile, ready, signal));
    } finally {
      if (!this.isLeaving) removeStage(deps.folder);
    }
  }

  private async goBack(version: string, signal: AbortSignal): Promise<void> {
    const { installation, watch } = this.deps;
    await this.deps.state.change({ failure: undefined });
    await this.step('back', version, async () => {
      this.requireWritable();
      await this.deps.room.forData();
      const isPackage = isSystemPackage(installation.kind);
      const file = isPackage && watch.feed && fileOfVersion(watch.feed, version, installation);
      if (isPackage && !file) throw noPackageOf(version);
      const packageFile = file ? await this.download(version, file, signal) : undefined;
      if (packageFile !== undefined && !mayInstall()) throw this.needsRights(packageFile);
      const fetched = packageFile === undefined ? {} : { packageFile };
      await this.handOver(version, { kind: 'back', ...fetched }, signal);
    });
  }

  private needsRights(packageFile: string): MillpondError {
    const { installation, state } = this.deps;
    const kind = installation.kind === 'rpm' ? 'rpm' : 'deb';
    const command = installCommand(kind, packageFile).join(' ');
    return new MillpondError(
      'forbidden',
      `Only an administrator may install it: stop Millpond, run \`sudo ${command}\`, then \`millpond restore ${state.current.earlier?.backup ?? ''}\``,
      { reason: 'not-writable' },
    );
  }

  private download(
    version: string,
    file: Extract<Choice, { type: 'update' }>['file'],
    signal: AbortSignal,
  ): Promise<string> {
    const { source, fetcher } = this.deps;
    const url = new URL(file.url, source?.feed).href;
    const name = basename(new URL(url).pathname);
    const { sizeBytes, sha256 } = file;
    const entered = { phase: 'downloading' as const, version, totalBytes: sizeBytes };
    return fetcher.fetch(
      { url, name, sizeBytes, sha256 },
      {
        signal,
        onProgress: ({ doneBytes, bytesPerSecond }) => {
          const speed = bytesPerSecond === undefined ? {} : { bytesPerSecond };
          this.enter({ ...entered, doneBytes, ...speed });
        },
      },
    );
  }

  /** Where only an administrator may install, everything is made ready and the command is said. */
  private async install(
    version: string,
    packageFile: string,
    unpacked: Unpacked,
    signal: AbortSignal,
  ): Promise<void> {
    const { backUpFor, installation, state } = this.deps;
    await this.deps.room.forData();
    if (isSystemPackage(installation.kind) && !mayInstall()) {
      const command = installCommand(installation.kind, packageFile).join(' ');
      const backup = await backUpFor(version);
      const from = installation.version;
      await state.change({
        awaited: { kind: 'update', from, to: version, backup, command: `sudo ${command}` },
      });
      return;
    }
    await this.handOver(version, { kind: 'update', to: version, packageFile, unpacked }, signal);
  }

  private async handOver(version: string, wish: SwitchWish, signal: AbortSignal): Promise<void> {
    const { work, clock, stopFor } = this.deps;
    const takeUpAgain = await work.finishShared();
    try {
      await waitForWork(work, clock, {
        ...{ signal, hurry: this.hurrying.signal, limitMs: waitLimitMs },
        onWaiting: (answers, until) => {
          this.enter({ phase: 'waiting', version, answers, until });
        },
      });
      signal.throwIfAborted();
      this.isLeaving = true;
      this.enter({ phase: 'switching', version });
    } finally {
      // The settings say what the owner wants, not what an update needs: also for the next start.
      await takeUpAgain();
    }
    stopFor(wish);
  }

  /** Keeps how a step ended. Rejects when it failed. */
  private async step(step: FailureStep, version: string, work: () => Promise<void>) {
    try {
      await work();
    } catch (thrown) {
      const { state, clock, log } = this.deps;
      if (this.stop.signal.aborted) throw thrown;
      const trial = thrown instanceof TrialFailure ? thrown : undefined;
      const { code, message, reason } = trial?.error ?? MillpondError.from(thrown);
      log.warn({ step, version, err: thrown }, 'update failed');
      const error = { code, message, ...(reason !== undefined && { reason }) };
      const output = [...(trial?.output ?? [])];
      await state.change({ failure: { version, at: clock.now(), step, error, output } });
      throw thrown;
    }
  }

  private enter(job: UpdateJob): void {
    this.job = job;
    this.tell();
  }

  private choice(): Choice | undefined {
    const { feed } = this.deps.watch;
    if (feed === undefined || this.fixedOff() !== undefined) return undefined;
    return chooseRelease(feed, this.deps.installation);
  }

  private viewOf({
    release,
    file,
    news,
  }: Extract<Choice, { type: 'update' }>): UpdateStatus['available'] {
    return {
      version: release.version,
      date: release.date,
      sizeBytes: file.sizeBytes,
      news: news.map(({ version, date, notes }) => ({ version, date, notes })),
      isPutOff: this.deps.state.current.putOff === release.version,
    };
  }

  private off(): UpdatesOff | undefined {
    return this.fixedOff() ?? this.deps.refused();
  }

  /** What no setting changes. */
  private fixedOff(): Extract<UpdatesOff, 'source' | 'container' | 'no-feed'> | undefined {
    const { installation, source } = this.deps;
    if (installation.kind === 'source' || installation.kind === 'container') {
      return installation.kind;
    }
    return source === undefined ? 'no-feed' : undefined;
  }

  /** Looking by hand is a choice of its own: only what closes everything stands in the way. */
  private requireOn(): void {
    const off = this.off();
    if (off === undefined || off === 'by-choice') return;
    throw new MillpondError('conflict', whatInstead[off], { reason: `updates-${off}` });
  }

  private requireWritable(): void {
    const { kind, root } = this.deps.installation;
    if (isSystemPackage(kind)) return;
    try {
      accessSync(dirname(root), constants.W_OK);
      accessSync(root, constants.W_OK);
    } catch {
      throw new MillpondError(
        'forbidden',
        `The account that runs Millpond may not replace ${root}; stop Millpond, run \`millpond update --apply\` as the owner of that folder (with MILLPOND_HOME set to this data folder), then start it again`,
        { reason: 'not-writable' },
      );
    }
  }
}

const whatInstead: Readonly<Record<Exclude<UpdatesOff, 'by-choice'>, string>> = {
  source: 'This is a checkout of the source: update it with `git pull && npm ci`',
  container: 'This is a container: pull the new image and start it in place of this one',
  'no-feed': 'This build names no list of updates; download newer versions from its page',
  'local-only': 'Local only is on: nobody is asked for updates; turn it off in Settings first',
  'safe-mode':
    'Millpond runs in safe mode, in which nothing outside is asked; start it normally first',
};

function noPackageOf(version: string): MillpondError {
  return new MillpondError(
    'not-found',
    `The package of ${version} is not known here; look for updates first, so that it can be fetched`,
  );
}

/** Where the state is kept. */
export function updateFiles(folder: string) {
  return {
    state: join(folder, 'state.json'),
    journal: join(folder, 'switch.json'),
    packages: join(folder, 'packages'),
    trial: join(folder, 'trial'),
  };
}
