import type { Clock } from '../core/clock.ts';
import type { SharingState } from '../core/node.ts';
import { Contributions } from './contributions.ts';
import type { Given } from './contributions.ts';
import { decideSharing } from './decide-sharing.ts';
import type { SharingDecision } from './decide-sharing.ts';
import { LatelyLog } from './lately-log.ts';
import type { LatelyLine } from './lately-log.ts';
import type {
  AgentLog,
  ContributionStore,
  KeepAwake,
  OwnerSignals,
  SharedEngines,
  SharingLimits,
  SharingRules,
  SharingSettings,
  SharingSettingsPort,
  SharingWish,
} from './ports.ts';
import { RemoteRuns } from './remote-runs.ts';
import { RuleKeeper } from './rule-keeper.ts';
import type { RuleReading } from './rule-keeper.ts';
import { signalsFor } from './sharing-rules.ts';
import { UploadLimit } from './upload-limit.ts';

export interface SharingDeps {
  readonly settings: SharingSettingsPort;
  readonly signals: OwnerSignals;
  readonly engines: Pick<SharedEngines, 'isOwnerActive' | 'releaseRemote' | 'onChanged'>;
  readonly contributions: ContributionStore;
  readonly keepAwake: KeepAwake;
  readonly clock: Clock;
  readonly log: AgentLog;
  /** Whether any pool could ask this machine now: without one, nothing is watched or kept awake. */
  readonly hasPools: () => boolean;
}

/** Everything about sharing, as the window shows it. */
export interface SharingStatus {
  readonly state: SharingState;
  readonly wish: SharingWish;
  readonly wishUntil?: number;
  readonly answersRunning: number;
  readonly isOwnerActive: boolean;
  readonly rules: SharingRules;
  readonly limits: SharingLimits;
  readonly readings: readonly Omit<RuleReading, 'reason'>[];
  readonly uploadBytesPerSecond: number;
  readonly given: Given;
  readonly lately: readonly LatelyLine[];
}

/** Whether this machine works for others now, and why not. */
export interface Sharing {
  /** Reads what was given before and begins to obey the rules. */
  start(): Promise<void>;
  stop(): Promise<void>;
  state(): SharingState;
  status(): SharingStatus;
  limits(): SharingLimits;
  /**
   * Graphics memory that models for others may take beyond what is taken now, so that as much stays
   * free as the owner wants; undefined: no rule says so.
   */
  gpuRoomForOthers(): number | undefined;
  /** *Share*, *Finish* or *Pause*; a pause with `until` ends by itself. */
  wish(wish: SharingWish, until?: number): Promise<void>;
  update(change: {
    readonly rules?: Partial<SharingRules>;
    readonly limits?: Partial<SharingLimits>;
  }): Promise<void>;
  /** Answers for others; every host of this machine counts here. */
  readonly runs: RemoteRuns;
  /** A pool answered our owner with so many tokens. */
  noteUsed(tokens: number): void;
  /** Pools were joined or left: `hasPools` may say something else now. */
  poolsChanged(): void;
  onChanged(listener: () => void): () => void;
}

/** Answers get this long to end by themselves before a hard pause hands them over. */
const graceMs = 1500;
/** Predictions of what a load takes are about so exact. */
const headroomMarginBytes = 256 * 1024 ** 2;
/** Rules that end by time are looked at this often. */
const lookEveryMs = 5000;

export function createSharing(deps: SharingDeps): Sharing {
  return new OwnerSharing(deps);
}

class OwnerSharing implements Sharing {
  readonly runs: RemoteRuns;
  private readonly deps: SharingDeps;
  private readonly keeper = new RuleKeeper();
  private readonly upload: UploadLimit;
  private readonly contributions: Contributions;
  private readonly lately: LatelyLog;
  private readonly listeners = new Set<() => void>();
  private readings: readonly RuleReading[] = [];
  private current: SharingState;
  private leave: (() => void)[] = [];
  private cancelLook: (() => void) | undefined;
  private cancelGrace: (() => void) | undefined;
  /** The pause that is in force has freed or is freeing the graphics memory. */
  private isFreeing = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(deps: SharingDeps) {
    const { clock, settings, log } = deps;
    this.deps = deps;
    this.upload = new UploadLimit(clock, () => settings.current().limits.uploadBytesPerSecond);
    this.contributions = new Contributions({ store: deps.contributions, clock, log });
    this.lately = new LatelyLog(clock);
    this.runs = new RemoteRuns({
      upload: this.upload,
      onChanged: () => {
        this.look();
        this.announce();
      },
      onEnded: (tokens) => {
        this.contributions.gave(tokens);
      },
    });
    const { phase, reason, cause } = this.decide();
    this.current = { phase, reason, since: clock.now(), ...(cause !== undefined && { cause }) };
  }

  async start(): Promise<void> {
    const { settings, signals, engines } = this.deps;
    await this.contributions.open();
    const look = (): void => {
      this.look();
      this.announce();
    };
    this.leave = [
      settings.onChanged(() => {
        this.observe();
        look();
      }),
      signals.onChanged(look),
      engines.onChanged(() => {
        this.announce();
      }),
    ];
    this.observe();
    this.look();
    this.schedule();
  }

  async stop(): Promise<void> {
    for (const leave of this.leave.splice(0)) leave();
    this.cancelLook?.();
    this.cancelGrace?.();
    this.deps.signals.observe(new Set());
    this.deps.keepAwake.set(false);
    await this.contributions.close();
  }

  state(): SharingState {
    return this.current;
  }

  status(): SharingStatus {
    const { wish, wishUntil, rules, limits } = this.deps.settings.current();
    return {
      state: this.current,
      wish,
      ...(wishUntil !== undefined && { wishUntil }),
      answersRunning: this.runs.count,
      isOwnerActive: this.deps.engines.isOwnerActive(),
      rules,
      limits,
      readings: this.readings.map(({ reason: _reason, ...reading }) => reading),
      uploadBytesPerSecond: Math.round(this.upload.rate()),
      given: this.contributions.given(),
      lately: this.lately.lines(),
    };
  }

  limits(): SharingLimits {
    return this.deps.settings.current().limits;
  }

  gpuRoomForOthers(): number | undefined {
    const { gpuHeadroom } = this.deps.settings.current().rules;
    const { gpuFree } = this.deps.signals.readings();
    if (!gpuHeadroom.isOn || gpuFree?.isKnown !== true) return undefined;
    // Without the margin a load that took a little more than predicted would fire the rule itself.
    return Math.max(0, gpuFree.value - gpuHeadroom.bytes - headroomMarginBytes);
  }

  async wish(wish: SharingWish, until?: number): Promise<void> {
    await this.change(({ wishUntil: _ended, ...kept }) => ({
      ...kept,
      wish,
      ...(wish === 'pause' && until !== undefined && { wishUntil: until }),
    }));
  }

  async update(change: {
    readonly rules?: Partial<SharingRules>;
    readonly limits?: Partial<SharingLimits>;
  }): Promise<void> {
    await this.change((now) => ({
      ...now,
      rules: { ...now.rules, ...change.rules },
      limits: { ...now.limits, ...change.limits },
    }));
  }

  noteUsed(tokens: number): void {
    this.contributions.used(tokens);
    this.announce();
  }

  poolsChanged(): void {
    this.observe();
    this.look();
    this.announce();
  }

  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** One after the other, each on what the one before has kept: no click undoes another. */
  private change(change: (now: SharingSettings) => SharingSettings): Promise<void> {
    const { settings } = this.deps;
    const done = this.turn.then(async () => {
      await settings.save(change(settings.current()));
      this.observe();
      this.look();
      this.announce();
    });
    this.turn = done.catch(() => undefined); // reported to its own caller
    return done;
  }

  private observe(): void {
    const { settings, signals, hasPools } = this.deps;
    signals.observe(hasPools() ? signalsFor(settings.current().rules) : new Set());
  }

  private schedule(): void {
    this.cancelLook = this.deps.clock.after(lookEveryMs, () => {
      if (this.look()) this.announce();
      this.endPause();
      this.schedule();
    });
  }

  /** A pause that is over is *Share* again, also in the settings. */
  private endPause(): void {
    const { settings, clock, log } = this.deps;
    const { wish, wishUntil } = settings.current();
    if (wish !== 'pause' || wishUntil === undefined || clock.now() < wishUntil) return;
    this.wish('share').catch((error: unknown) => {
      log.warn({ error }, 'end of the pause not written');
    });
  }

  private decide(): SharingDecision {
    const { settings, clock, signals } = this.deps;
    const now = clock.now();
    const { rules, wish, wishUntil } = settings.current();
    this.readings = this.keeper.judge(rules, signals.readings(), now);
    return decideSharing({
      ...{ wish, now },
      ...(wishUntil !== undefined && { wishUntil }),
      fired: this.readings.filter(({ verdict }) => verdict === 'fired'),
      running: this.runs.count,
    });
  }

  /** Decides again and acts on it. Returns whether the state is another one. */
  private look(): boolean {
    const next = this.decide();
    const { clock, keepAwake, settings, hasPools } = this.deps;
    const { phase, reason, cause, until } = next;
    const before = this.current;
    const hasMoved = before.phase !== phase || before.cause !== cause;
    this.current = {
      ...{ phase, reason },
      since: hasMoved ? clock.now() : before.since,
      ...(cause !== undefined && { cause }),
      ...(until !== undefined && { until }),
    };
    keepAwake.set(phase === 'sharing' && settings.current().limits.keepAwake && hasPools());
    if (hasMoved) {
      this.deps.log.info({ phase, cause, reason }, 'sharing changed');
      this.lately.note(phase === 'sharing' ? 'shared' : phase, reason, this.runs.count);
    }
    this.act(next);
    return hasMoved || before.reason !== reason;
  }

  private act({ phase, frees }: SharingDecision): void {
    if (phase === 'sharing' || !frees) {
      this.isFreeing = false;
      this.cancelGrace?.();
      this.cancelGrace = undefined;
      return;
    }
    if (this.isFreeing) return;
    this.isFreeing = true;
    if (this.runs.count === 0) {
      this.release();
      return;
    }
    this.cancelGrace = this.deps.clock.after(graceMs, () => {
      const { reason } = this.current;
      const moved = this.runs.handOver(reason);
      if (moved > 0) this.lately.note('moved', reason, moved);
      void this.runs.idle().then(() => {
        if (this.isFreeing) this.release();
      });
    });
  }

  private release(): void {
    this.deps.engines.releaseRemote().catch((error: unknown) => {
      this.deps.log.warn({ error }, 'models of others not unloaded');
    });
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}
