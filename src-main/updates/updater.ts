import type { UpdateJob, UpdatesOff, UpdateStatus } from '../contract/updates.ts';
import { MillpondError } from '../core/error.ts';
import { chooseRelease } from './choose-release.ts';
import type { Choice } from './choose-release.ts';
import { UpdateRun, waitLimitMs } from './update-run.ts';
import type { UpdaterDeps } from './updater-deps.ts';
import { fixedOff, requireOn } from './where-updates-stand.ts';

/** Looks for newer versions, fetches and tries them, and hands over to them. One job at a time. */
export class Updater {
  private readonly deps: UpdaterDeps;
  private job: UpdateJob | undefined;
  private run: UpdateRun | undefined;
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
    requireOn(this.off());
    await this.deps.watch.look();
    return this.status();
  }

  /** Begins, or goes on. Throws `not-found` for a version that is not offered. */
  apply(version: string): UpdateStatus {
    requireOn(this.off());
    const choice = this.choice();
    if (choice?.type !== 'update' || choice.release.version !== version) {
      throw new MillpondError('not-found', `There is no update to ${version} here; look again`);
    }
    const totalBytes = choice.file.sizeBytes;
    const first = { phase: 'downloading' as const, version, doneBytes: 0, totalBytes };
    this.begin(first, (run) => run.update(choice));
    return this.status();
  }

  /** Begins the way back. Throws `not-found` where there is none. */
  back(): UpdateStatus {
    const { clock, state, work } = this.deps;
    const { earlier } = state.current;
    if (earlier === undefined) {
      throw new MillpondError('not-found', 'There is no earlier version here to go back to');
    }
    const { version } = earlier;
    const until = clock.now() + waitLimitMs;
    const first = { phase: 'waiting' as const, version, answers: work.count(), until };
    this.begin(first, (run) => run.goBack(version));
    return this.status();
  }

  /** Too late once the program stops. */
  cancel(): UpdateStatus {
    this.run?.cancel('The update was cancelled');
    return this.status();
  }

  hurry(): UpdateStatus {
    this.run?.hurry();
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
    this.run?.cancel('Millpond is stopping');
    await this.running;
  }

  private begin(first: UpdateJob, work: (run: UpdateRun) => Promise<void>): void {
    if (this.running !== undefined) return;
    const run = new UpdateRun(this.deps, {
      onJob: (job) => {
        this.enter(job);
      },
      onLeaving: () => {
        this.isLeaving = true;
      },
    });
    this.run = run;
    this.enter(first);
    this.running = work(run)
      .catch((error: unknown) => {
        // Every step keeps its own failure; what is left is one that was wanted.
        this.deps.log.info({ err: error }, 'update ended');
      })
      .finally(() => {
        this.running = undefined;
        if (this.isLeaving) return;
        this.job = undefined;
        this.tell();
      });
  }

  private enter(job: UpdateJob): void {
    this.job = job;
    this.tell();
  }

  private choice(): Choice | undefined {
    const { installation, source, watch } = this.deps;
    if (watch.feed === undefined || fixedOff(installation, source) !== undefined) return undefined;
    return chooseRelease(watch.feed, installation);
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
    const { installation, source, refused } = this.deps;
    return fixedOff(installation, source) ?? refused();
  }
}
