import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import type { InferenceBackend } from '../../core/inference.ts';
import { listModels } from './list-models.ts';
import { ProviderKeyRing } from './key-ring.ts';
import type { RingKey } from './key-ring.ts';
import { verdictOf } from './key-verdict.ts';
import type { ListedModel, StoredProvider } from './ports.ts';
import { presetOf } from './presets.ts';
import type { Preset } from './presets.ts';
import { createProviderBackend, providerHeaders } from './provider-backend.ts';
import { namedModels, slugOf } from './provider-names.ts';
import type { NamedModel } from './provider-names.ts';

export interface ProviderDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly stored: StoredProvider;
  readonly source: 'database' | 'file';
  /** Something that a person sees, or that decides who is asked. */
  readonly onChanged: () => void;
  /** A key has another state, to be kept. */
  readonly onKey: (key: RingKey) => void;
  /** It lists other models than before, to be kept. */
  readonly onListed: (listed: readonly ListedModel[]) => void;
}

/** Times are epoch milliseconds. */
export type ProviderHealth =
  | { readonly phase: 'unchecked' }
  | { readonly phase: 'ok'; readonly since: number; readonly latencyMs?: number }
  | { readonly phase: 'failing'; readonly since: number; readonly reason: string };

/** Between two looks at its list of models; sooner while it fails, and after a failed request. */
const checkEveryMs = { ok: 5 * 60_000, failing: 30_000 };
const soonMs = 1000;
/** Between two checks that failing requests ask for. */
const leastGapMs = 10_000;

/** One provider under watch. */
export class Provider {
  readonly source: 'database' | 'file';
  readonly preset: Preset;
  readonly keys: ProviderKeyRing;
  health: ProviderHealth = { phase: 'unchecked' };
  private current: StoredProvider;
  private naming: readonly NamedModel[];
  private readonly deps: ProviderDeps;
  private readonly stopped = new AbortController();
  private cancelTimer: () => void = () => {};
  private checking: Promise<void> | undefined;
  /** On the clock's monotonic time, as is every wait. */
  private checkedAt = -Infinity;
  private epochs = 0;

  constructor(deps: ProviderDeps) {
    this.deps = deps;
    this.source = deps.source;
    this.current = deps.stored;
    this.naming = namedModels(deps.stored);
    this.preset = presetOf(deps.stored.preset);
    this.keys = new ProviderKeyRing({
      clock: deps.clock,
      onChanged: (key) => {
        deps.onKey(key);
        deps.onChanged();
      },
    });
  }

  get stored(): StoredProvider {
    return this.current;
  }

  set stored(next: StoredProvider) {
    // What failed at another address says nothing about this one.
    if (next.baseUrl !== this.current.baseUrl) this.epochs += 1;
    this.current = next;
    this.naming = namedModels(next);
  }

  get slug(): string {
    return slugOf(this.current.name);
  }

  /** As the router knows it. */
  get upstreamId(): string {
    return `provider:${this.slug}`;
  }

  get epoch(): string {
    return `${this.current.id} ${this.epochs.toString()}`;
  }

  get models(): readonly NamedModel[] {
    return this.naming;
  }

  /** Whether it may be asked before others that stand behind the same name. */
  get isFit(): boolean {
    return this.keys.isOpen && this.health.phase !== 'failing';
  }

  backendOf({ model, name }: NamedModel): InferenceBackend {
    const { http, clock } = this.deps;
    const provider = this.current.name;
    return createProviderBackend({
      ...{ http, clock, keys: this.keys, preset: this.preset },
      baseUrl: this.current.baseUrl,
      modelName: model.upstreamName,
      serverName: provider,
      servedBy: { upstream: this.upstreamId, machine: provider, model: name, provider },
      onHeard: (latencyMs) => {
        this.heard(latencyMs);
      },
      onFailed: () => {
        this.schedule(Math.max(soonMs, this.checkedAt + leastGapMs - clock.monotonic()));
      },
    });
  }

  /** Asks for its models now, or waits for the question that is under way; never rejects. */
  check(): Promise<void> {
    this.checking ??= this.ask().finally(() => {
      this.checking = undefined;
    });
    return this.checking;
  }

  /** Looks at it from time to time. */
  watch(): void {
    this.schedule(this.health.phase === 'unchecked' ? soonMs : checkEveryMs.ok);
  }

  /** Takes what it answered a moment ago for its first check. */
  adopt(listed: readonly ListedModel[], latencyMs: number): void {
    const { clock } = this.deps;
    this.checkedAt = clock.monotonic();
    this.stored = { ...this.current, listed };
    this.health = { phase: 'ok', since: clock.now(), latencyMs };
  }

  /** Forgets what failed: the next request may use every key. */
  reset(): void {
    this.keys.wake();
    this.health = { phase: 'unchecked' };
    this.deps.onChanged();
    this.schedule(soonMs);
  }

  stop(): void {
    this.stopped.abort();
    this.cancelTimer();
  }

  private async ask(): Promise<void> {
    const { clock, http } = this.deps;
    this.cancelTimer();
    const startedAt = clock.monotonic();
    this.checkedAt = startedAt;
    const key = this.keys.any();
    try {
      const { baseUrl, name } = this.current;
      const headers = providerHeaders(this.preset, key?.secret);
      const { preset } = this;
      const asking = { http, clock, preset, baseUrl, serverName: name, headers };
      const listed = await listModels(asking, this.stopped.signal);
      if (this.stopped.signal.aborted) return;
      this.learn(listed);
      this.enterOk(clock.monotonic() - startedAt);
    } catch (thrown) {
      if (this.stopped.signal.aborted) return;
      const failure = MillpondError.from(thrown);
      this.failedCheck(failure, key);
      // Asking on would only fill the list of refused attempts; whoever opens the door asks again.
      if (failure.reason === 'local-only') return;
    }
    this.schedule(this.health.phase === 'failing' ? checkEveryMs.failing : checkEveryMs.ok);
  }

  private failedCheck(failure: MillpondError, key: RingKey | undefined): void {
    const now = this.deps.clock.now();
    const verdict = key && verdictOf(failure, now);
    if (key !== undefined && verdict !== undefined) {
      this.keys.rest(key.id, verdict);
      return;
    }
    // A server without a list can answer all the same, where it was said what it serves.
    if (failure.reason === 'no-list' && this.current.served !== undefined) {
      this.enterOk();
      return;
    }
    const reason = failure.message;
    if (this.health.phase === 'failing' && this.health.reason === reason) return;
    const since = this.health.phase === 'failing' ? this.health.since : now;
    this.health = { phase: 'failing', since, reason };
    this.deps.onChanged();
  }

  private learn(listed: readonly ListedModel[]): void {
    if (JSON.stringify(listed) === JSON.stringify(this.current.listed)) return;
    this.stored = { ...this.current, listed };
    this.deps.onListed(listed);
    this.deps.onChanged();
  }

  /** An answer is worth more than any check. */
  private heard(latencyMs: number): void {
    if (this.health.phase !== 'ok') this.enterOk(latencyMs);
  }

  private enterOk(latencyMs?: number): void {
    const was = this.health;
    const since = was.phase === 'ok' ? was.since : this.deps.clock.now();
    this.health = { phase: 'ok', since, ...(latencyMs !== undefined && { latencyMs }) };
    if (was.phase !== 'ok') this.deps.onChanged();
  }

  private schedule(ms: number): void {
    this.cancelTimer();
    if (this.stopped.signal.aborted) return;
    this.cancelTimer = this.deps.clock.after(ms, () => void this.check());
  }
}
