import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import type { InferenceBackend } from '../../core/inference.ts';
import { quirksOf } from '../../dialects/openai/client/quirks.ts';
import type { AttachedServerKind, StoredAttachedServer } from '../ports.ts';
import { createAttachedBackend } from './attached-backend.ts';
import { KeyRing } from './key-ring.ts';
import type { NamingServer } from './model-names.ts';
import { listModels, probeServer } from './probe-server.ts';
import type { ProbedServer } from './probe-server.ts';
import { hostOf, isOnThisMachine } from './server-address.ts';
import { createServerClient } from './server-client.ts';
import type { ServerClient } from './server-client.ts';
import type { ListedModel, ServedModel } from './served-model.ts';

export interface AttachedServerDeps {
  readonly http: HttpClient;
  /** For models that the server hands on to another host: the door judges by that host. */
  readonly httpTo: (host: string) => HttpClient;
  readonly clock: Clock;
  /** How this computer is called in receipts. */
  readonly machineName: string;
  readonly stored: StoredAttachedServer;
  readonly keys: readonly string[];
  /** Its state, its models or what its keys are good for. */
  readonly onChanged: () => void;
}

/**
 * - `connected` its models are served · `unreachable` they are withdrawn; it is asked again
 *
 * `since` is epoch milliseconds, `reason` one sentence.
 */
export type AttachedServerState =
  | { readonly phase: 'connected'; readonly since: number }
  | { readonly phase: 'unreachable'; readonly since: number; readonly reason: string };

/** A death is seen within the longer interval and the time that a question may take: 14 s. */
const checkEveryMs = { used: 5000, unused: 10_000 };
const isUsedForMs = 60_000;
/** Between two checks that failing requests ask for. */
const leastGapMs = 1000;
/** A server that was heard so lately lives, though it is too busy for questions. */
const heardWithinMs = 5000;

/** One server under watch. Keeps its last known models while it is away, so that names stay. */
export class AttachedServer implements NamingServer {
  stored: StoredAttachedServer;
  models: readonly ServedModel[] = [];
  kind: AttachedServerKind;
  state: AttachedServerState;
  readonly keys: KeyRing;
  readonly staysHere: boolean;
  private readonly deps: AttachedServerDeps;
  private readonly client: ServerClient;
  private readonly stopped = new AbortController();
  private checking: Promise<void> | undefined;
  private cancelTimer: () => void = () => {};
  private fingerprint = '';
  private checkedAt = -Infinity;
  private heardAt = -Infinity;

  constructor(deps: AttachedServerDeps) {
    this.deps = deps;
    this.stored = deps.stored;
    this.kind = deps.stored.kind;
    this.keys = new KeyRing(deps.keys, deps.clock);
    this.staysHere = isOnThisMachine(deps.stored.url);
    this.state = unreachable(deps.clock.now(), 'It has not answered yet');
    this.client = createServerClient({
      ...deps,
      url: deps.stored.url,
      key: () => this.keys.any(),
    });
  }

  /** Asks it now, or waits for the question that is under way; never rejects. */
  check(): Promise<void> {
    this.checking ??= this.ask().finally(() => {
      this.checking = undefined;
    });
    return this.checking;
  }

  /** Asks it after whatever is under way: the world has changed meanwhile. */
  async checkAnew(): Promise<void> {
    await this.checking;
    await this.check();
  }

  /** Takes what it answered a moment ago for its first check. */
  adopt(listed: readonly ListedModel[], probed: ProbedServer): void {
    this.know(listed, probed);
    this.checkedAt = this.deps.clock.now();
    this.enter({ phase: 'connected', since: this.checkedAt });
    this.schedule(this.intervalMs());
  }

  /** Keeps it away with a reason that is not the server's, without asking it. */
  park(reason: string): void {
    this.enter(unreachable(this.deps.clock.now(), reason));
  }

  stop(): void {
    this.stopped.abort();
    this.cancelTimer();
  }

  backendOf(model: ServedModel, servedAs: string): InferenceBackend {
    const { clock, machineName, onChanged } = this.deps;
    const { remoteHost } = model;
    const http = remoteHost === undefined ? this.deps.http : this.deps.httpTo(remoteHost);
    const host = hostOf(this.stored.url);
    const machine = remoteHost ?? (this.staysHere ? machineName : host);
    return createAttachedBackend({
      ...{ http, clock, keys: this.keys, onKeyRested: onChanged },
      baseUrl: `${this.stored.url}/v1`,
      modelName: model.name,
      serverName: `${this.stored.name} at ${host}`,
      quirks: quirksOf[this.kind],
      servedBy: { upstream: this.stored.name, machine, model: servedAs },
      onHeard: () => {
        this.heardAt = clock.now();
      },
      onFailed: () => {
        this.checkSoon();
      },
    });
  }

  private async ask(): Promise<void> {
    const { clock } = this.deps;
    this.cancelTimer();
    this.checkedAt = clock.now();
    let isLocalOnly = false;
    try {
      await this.look();
      if (this.stopped.signal.aborted) return;
      if (this.state.phase !== 'connected') {
        this.enter({ phase: 'connected', since: clock.now() });
      }
    } catch (thrown) {
      if (this.stopped.signal.aborted) return;
      const failure = MillpondError.from(thrown);
      isLocalOnly = failure.reason === 'local-only';
      this.fail(failure);
    }
    // Asking on would only fill the list of refused attempts; whoever opens the door asks again.
    if (!isLocalOnly) this.schedule(this.intervalMs());
  }

  /** Reads the list of models, and everything about them when it is not the list of last time. */
  private async look(): Promise<void> {
    const { signal } = this.stopped;
    const listed = await listModels(this.client, signal);
    const isKnown =
      this.state.phase === 'connected' && this.fingerprint === printOf(listed, this.kind);
    if (isKnown) return;
    const probed = await probeServer(this.client, listed, signal);
    if (signal.aborted) return;
    this.know(listed, probed);
    if (this.state.phase === 'connected') this.deps.onChanged();
  }

  private know(listed: readonly ListedModel[], { kind, models }: ProbedServer): void {
    this.kind = kind;
    this.models = models;
    this.fingerprint = printOf(listed, kind);
  }

  private fail(failure: MillpondError): void {
    const now = this.deps.clock.now();
    // It takes no more questions for now, which only a living server says.
    if (failure.code === 'rate-limited' && this.state.phase === 'connected') return;
    const isBusy = failure.reason === 'timeout' && now - this.heardAt < heardWithinMs;
    if (isBusy && this.state.phase === 'connected') return;
    const isSame = this.state.phase === 'unreachable' && this.state.reason === failure.message;
    if (!isSame) this.enter(unreachable(now, failure.message));
  }

  private checkSoon(): void {
    if (this.checking !== undefined) return;
    this.schedule(Math.max(0, this.checkedAt + leastGapMs - this.deps.clock.now()));
  }

  private schedule(ms: number): void {
    this.cancelTimer();
    if (this.stopped.signal.aborted) return;
    this.cancelTimer = this.deps.clock.after(ms, () => void this.check());
  }

  private intervalMs(): number {
    const isUsed = this.deps.clock.now() - this.heardAt < isUsedForMs;
    return isUsed ? checkEveryMs.used : checkEveryMs.unused;
  }

  private enter(state: AttachedServerState): void {
    this.state = state;
    this.deps.onChanged();
  }
}

function unreachable(since: number, reason: string): AttachedServerState {
  return { phase: 'unreachable', since, reason };
}

/**
 * Changes when a model comes, goes, or, at Ollama, is replaced under its name. Others stamp every
 * list with the time of asking, which says nothing.
 */
function printOf(listed: readonly ListedModel[], kind: AttachedServerKind): string {
  return listed
    .map(({ name, createdAt }) => (kind === 'ollama' ? `${name} ${String(createdAt)}` : name))
    .toSorted()
    .join('\n');
}
