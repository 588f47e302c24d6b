import { basename, dirname } from 'node:path';
import type { UpdateJob } from '../contract/updates.ts';
import { MillpondError } from '../core/error.ts';
import { fileOfVersion } from './choose-release.ts';
import type { Choice } from './choose-release.ts';
import type { ReleaseFile } from './feed.ts';
import { removeStage, stageOf } from './stage-folder.ts';
import { installCommand, isSystemPackage, mayInstall } from './system-package.ts';
import { TrialFailure } from './trial.ts';
import { unpack } from './unpack.ts';
import type { Unpacked } from './unpack.ts';
import type { UpdateState } from './update-state.ts';
import type { UpdaterDeps } from './updater-deps.ts';
import type { SwitchWish } from './updater-deps.ts';
import { waitForWork } from './wait-for-work.ts';
import { requireWritable } from './where-updates-stand.ts';

type FailureStep = NonNullable<UpdateState['failure']>['step'];

/** Nobody's answer takes longer than this, unless nobody reads it. */
export const waitLimitMs = 10 * 60_000;

interface RunOptions {
  readonly onJob: (job: UpdateJob) => void;
  /** From now on the program stops: too late to cancel. */
  readonly onLeaving: () => void;
}

/** One way to another version, from its first step to the moment at which the program stops for it. */
export class UpdateRun {
  private readonly deps: UpdaterDeps;
  private readonly options: RunOptions;
  private readonly stop = new AbortController();
  private readonly hurrying = new AbortController();
  private isLeaving = false;

  constructor(deps: UpdaterDeps, options: RunOptions) {
    this.deps = deps;
    this.options = options;
  }

  /** Without effect once the program stops. */
  cancel(why: string): void {
    if (!this.isLeaving) this.stop.abort(new MillpondError('cancelled', why));
  }

  /** Does not wait for answers any more. */
  hurry(): void {
    this.hurrying.abort();
  }

  /** Rejects when a step failed, which is kept, or when it was cancelled. */
  async update({ release, file }: Extract<Choice, { type: 'update' }>): Promise<void> {
    const { signal } = this.stop;
    const { deps } = this;
    const { version } = release;
    let packageFile = '';
    let unpacked: Unpacked | undefined;
    try {
      await this.step('download', version, async () => {
        await deps.state.change({ failure: undefined, putOff: undefined });
        requireWritable(deps.installation);
        await deps.room.forData();
        await deps.room.toUnpack(file.sizeBytes, dirname(stageOf(deps.installation, deps.folder)));
        packageFile = await this.download(version, file);
      });
      await this.step('unpack', version, async () => {
        this.options.onJob({ phase: 'unpacking', version });
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
            this.options.onJob({
              phase: 'trying',
              version,
              step,
              ...(model !== undefined && { model }),
            });
          },
        });
      });
      await this.step('switch', version, () => this.install(version, packageFile, ready));
    } finally {
      if (!this.isLeaving) removeStage(deps.folder);
    }
  }

  /** The same for the way back. */
  async goBack(version: string): Promise<void> {
    const { installation, watch } = this.deps;
    await this.step('back', version, async () => {
      await this.deps.state.change({ failure: undefined });
      requireWritable(installation);
      await this.deps.room.forData();
      const isPackage = isSystemPackage(installation.kind);
      const file = isPackage && watch.feed && fileOfVersion(watch.feed, version, installation);
      if (isPackage && !file) throw noPackageOf(version);
      const packageFile = file ? await this.download(version, file) : undefined;
      if (packageFile !== undefined && !mayInstall()) throw this.needsRights(packageFile);
      const fetched = packageFile === undefined ? {} : { packageFile };
      await this.handOver(version, { kind: 'back', ...fetched });
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

  private download(version: string, file: ReleaseFile): Promise<string> {
    const { source, fetcher } = this.deps;
    const url = new URL(file.url, source?.feed).href;
    const name = basename(new URL(url).pathname);
    const { sizeBytes, sha256 } = file;
    const entered = { phase: 'downloading' as const, version, totalBytes: sizeBytes };
    return fetcher.fetch(
      { url, name, sizeBytes, sha256 },
      {
        signal: this.stop.signal,
        onProgress: ({ doneBytes, bytesPerSecond }) => {
          const speed = bytesPerSecond === undefined ? {} : { bytesPerSecond };
          this.options.onJob({ ...entered, doneBytes, ...speed });
        },
      },
    );
  }

  /** Where only an administrator may install, everything is made ready and the command is said. */
  private async install(version: string, packageFile: string, unpacked: Unpacked): Promise<void> {
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
    await this.handOver(version, { kind: 'update', to: version, packageFile, unpacked });
  }

  private async handOver(version: string, wish: SwitchWish): Promise<void> {
    const { work, clock, stopFor } = this.deps;
    const { signal } = this.stop;
    const takeUpAgain = await work.finishShared();
    try {
      await waitForWork(work, clock, {
        ...{ signal, hurry: this.hurrying.signal, limitMs: waitLimitMs },
        onWaiting: (answers, until) => {
          this.options.onJob({ phase: 'waiting', version, answers, until });
        },
      });
      signal.throwIfAborted();
      this.isLeaving = true;
      this.options.onLeaving();
      this.options.onJob({ phase: 'switching', version });
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
}

function noPackageOf(version: string): MillpondError {
  return new MillpondError(
    'not-found',
    `The package of ${version} is not known here; look for updates first, so that it can be fetched`,
  );
}
