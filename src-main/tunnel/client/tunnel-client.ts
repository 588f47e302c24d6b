import { MillpondError } from '../../core/error.ts';
import type { ErrorBody } from '../../core/error.ts';
import type { InferenceBackend } from '../../core/inference.ts';
import type { Logger } from '../../platform/logger.ts';
import type {
  NodeErrorReport,
  NodeHost,
  PoolNews,
  StoredMembership,
  TunnelState,
} from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';
import { decodeNews } from '../wire/advert-codec.ts';
import { encodeFailure } from '../wire/failure-codec.ts';
import { plainText } from '../wire/plain-text.ts';
import { Connection } from './connection.ts';
import type { GatewayMessage, Welcome } from './connection.ts';
import { dial } from './dial.ts';
import { loadJsonOf, NodeReports } from './node-reports.ts';
import { NodeRuns } from './node-runs.ts';
import { openChannel } from './open-channel.ts';
import { PoolCalls } from './pool-calls.ts';
import { ReconnectPause } from './reconnect-pause.ts';
import type { VerifiedGateway, WayOut } from './verify-gateway.ts';

export interface TunnelClientDeps extends WayOut {
  readonly membership: StoredMembership;
  /** PKCS #8 in PEM, out of the secret store. */
  readonly privateKey: string;
  readonly host: NodeHost;
  /** This app's own gateway in hop lists. */
  readonly gatewayId: string;
  readonly logger: Logger;
  /** From 0 to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number;
  /** Resolves once the epoch is kept for good; only then is it used. */
  readonly persistEpoch: (epoch: number) => Promise<void>;
  /** For the chaos suite, see `RunSender`. */
  readonly faults?: { readonly isRingOff?: boolean };
}

type Listener = () => void;

/** States that may follow each other. `closed` is left again only because a person asked for it. */
const moves: Readonly<Record<TunnelState['phase'], readonly TunnelState['phase'][]>> = {
  idle: ['connecting', 'closed'],
  connecting: ['online', 'waiting', 'closed'],
  online: ['online', 'waiting', 'closed'],
  waiting: ['connecting', 'closed'],
  closed: ['connecting'],
};

/** A drain waits so long for answers under way. */
const drainWithinMs = 5 * 60_000;
/** Of an error report, in characters. */
const longestReport = 2_000;

/**
 * The link of one membership: keeps this machine connected to its gateway, answers what it is asked
 * there, and asks the pool itself. Several memberships have a client each and share nothing.
 */
export class TunnelClient {
  private readonly deps: TunnelClientDeps;
  private readonly runs: NodeRuns;
  private readonly calls: PoolCalls;
  private readonly pause: ReconnectPause;
  private readonly stateListeners = new Set<Listener>();
  private readonly newsListeners = new Set<Listener>();
  private isStopped = false;
  private readonly stopWatchingDoor: Listener;
  private current: TunnelState = { phase: 'idle' };
  private known: StoredMembership;
  private latestNews: PoolNews | undefined;
  private gateway: VerifiedGateway | undefined;
  private connection: Connection | undefined;
  private reports: NodeReports | undefined;
  private attempt = new AbortController();
  private endPause: Listener = () => {};
  private life: Promise<void> = Promise.resolve();
  /** Epoch milliseconds at which a stopping gateway wants to be called again. */
  private calledBackAt: number | undefined;
  /** Why *Local only* keeps it in; the register counted that already. */
  private localOnly: MillpondError | undefined;

  constructor(deps: TunnelClientDeps) {
    this.deps = deps;
    this.known = deps.membership;
    this.pause = new ReconnectPause(deps.random ?? Math.random);
    this.calls = new PoolCalls({
      gatewayId: deps.gatewayId,
      poolName: () => this.known.poolName,
    });
    this.runs = new NodeRuns({
      host: deps.host,
      clock: deps.clock,
      refuse: (requestId, failure) => this.refuseRun(requestId, failure),
      onAnswered: () => this.reports?.slotsSoon(),
      onCount: () => this.connection?.setLive(this.runs.count > 0),
      ...(deps.faults && { faults: deps.faults }),
    });
    this.stopWatchingDoor = deps.register.onLocalOnly(() => this.stayIn());
  }

  /** Asks the pool. Fails at once with `unavailable`, reason `pool-offline`, while not connected. */
  get backend(): InferenceBackend {
    return this.calls;
  }

  state(): TunnelState {
    return this.current;
  }

  /** As the gateway told it last. */
  membership(): StoredMembership {
    return this.known;
  }

  /** What the pool offers, as last told; it stays while the connection is away. */
  news(): PoolNews | undefined {
    return this.latestNews;
  }

  /** The state or the membership has changed. */
  onState(listener: Listener): Listener {
    this.stateListeners.add(listener);
    return () => void this.stateListeners.delete(listener);
  }

  onNews(listener: Listener): Listener {
    this.newsListeners.add(listener);
    return () => void this.newsListeners.delete(listener);
  }

  start(): void {
    if (this.current.phase === 'idle') this.life = this.live();
  }

  /** Leaves at once; what runs is handed back to the gateway. Final. */
  async stop(): Promise<void> {
    this.stopWatchingDoor();
    this.isStopped = true;
    this.runs.handBack();
    this.connection?.leave();
    if (this.connection === undefined) this.attempt.abort(left());
    this.endPause();
    await this.life;
    if (this.current.phase === 'idle') this.enter({ phase: 'closed' });
  }

  /** Dials now instead of at `retryAt`, also after a refusal, because a person asked for it. */
  reconnectNow(): void {
    if (this.isStopped) return;
    this.pause.reset();
    this.localOnly = undefined;
    if (this.current.phase === 'closed') this.life = this.live();
    else this.endPause();
  }

  /** Takes nothing new, waits for what runs, then stops. */
  async drain(reason: string, withinMs: number = drainWithinMs): Promise<void> {
    this.runs.drain();
    this.connection?.send({ $case: 'drain', value: { reason } });
    const late = new AbortController();
    const sleep = this.deps.clock.sleep(withinMs, late.signal).catch(() => {});
    await Promise.race([this.runs.idle(), sleep]);
    late.abort();
    await this.stop();
  }

  /** Tells the pool's owner of a failure; dropped while not connected. The caller has redacted it. */
  reportError({ code, message, at }: NodeErrorReport): void {
    const value = { code, message: plainText(message, longestReport), at };
    this.connection?.send({ $case: 'errorReport', value });
  }

  private async live(): Promise<void> {
    let ended: Error;
    do {
      this.enter({ phase: 'connecting', since: this.deps.clock.now() });
      ended = await this.connectOnce();
    } while (await this.mayDialAgain(ended));
    this.runs.close();
    if (!this.isStopped && ended instanceof TunnelRefusal) {
      this.enter({ phase: 'closed', reason: ended.reason, message: ended.message });
    } else {
      this.enter({ phase: 'closed' });
    }
  }

  /** Resolves with the reason when the connection, or the try to make one, is over. */
  private async connectOnce(): Promise<Error> {
    this.attempt = new AbortController();
    this.calledBackAt = undefined;
    const startedAt = this.deps.clock.monotonic();
    try {
      this.gateway = await this.reach();
      const epoch = this.known.epoch + 1;
      await this.deps.persistEpoch(epoch);
      this.known = { ...this.known, epoch };
      this.attempt.signal.throwIfAborted();
      return await this.beConnected(this.gateway, epoch);
    } catch (error) {
      return error instanceof Error ? error : MillpondError.from(error);
    } finally {
      this.gateway = undefined;
      this.pause.wasUpFor(this.deps.clock.monotonic() - startedAt);
    }
  }

  private async reach(): Promise<VerifiedGateway> {
    const { register } = this.deps;
    if (register.isLocalOnly && this.localOnly !== undefined) throw this.localOnly;
    this.localOnly = undefined;
    const { candidates, trust } = this.known.gateway;
    try {
      return await dial(candidates, trust, { ...this.deps, signal: this.attempt.signal });
    } catch (error) {
      if (error instanceof MillpondError && error.reason === 'local-only') this.localOnly = error;
      throw error;
    }
  }

  private async beConnected(gateway: VerifiedGateway, epoch: number): Promise<Error> {
    const { clock, host, privateKey } = this.deps;
    const connection: Connection = new Connection({
      client: openChannel(gateway),
      gateway,
      clock,
      membershipId: this.known.membershipId,
      epoch,
      privateKey,
      resumable: this.runs.requestIds,
      loadJson: () => loadJsonOf(host),
      onReady: (welcome) => this.welcomed(connection, welcome),
      onMessage: (message) => this.received(message),
    });
    const cut = (): void => connection.close(left(this.attempt.signal.reason));
    this.attempt.signal.addEventListener('abort', cut, { once: true });
    this.connection = connection;
    try {
      return await connection.ended;
    } finally {
      this.connection = undefined;
      this.reports?.stop();
      this.reports = undefined;
      this.calls.disconnected();
      this.runs.disconnected();
    }
  }

  private welcomed(connection: Connection, welcome: Welcome): void {
    const { clock, host } = this.deps;
    const { grant, session, timing } = welcome;
    const { client, epoch, address, roundTripMs = 0 } = connection;
    const isNew = this.current.phase !== 'online';
    this.known = { ...this.known, ...grant };
    this.pause.follow(timing);
    if (!grant.mayServe) this.reports?.stop();
    const send = connection.send.bind(connection);
    if (!grant.mayServe) this.reports = undefined;
    else this.reports ??= new NodeReports({ host, clock, send });
    const link = { client, session, epoch, heard: () => connection.heard() };
    this.calls.connected(link);
    if (isNew) this.runs.connected(link, welcome);
    connection.setLive(this.runs.count > 0);
    const since = this.current.phase === 'online' ? this.current.since : clock.now();
    this.enter({ phase: 'online', since, address, roundTripMs });
  }

  private received(message: GatewayMessage): void {
    switch (message.$case) {
      case 'assign':
        this.runs.assign(message.value);
        return;
      case 'cancel':
        this.runs.cancel(message.value.requestId);
        return;
      case 'command':
        void this.reports?.command(message.value);
        return;
      case 'poolNews':
        this.latestNews = decodeNews(message.value.json);
        for (const listener of this.newsListeners) listener();
        return;
      case 'drain':
        this.calledBackAt = this.deps.clock.now() + message.value.reconnectAfterMs;
    }
  }

  private refuseRun(requestId: string, failure: ErrorBody): void {
    this.connection?.send({
      $case: 'refuse',
      value: { requestId, failure: encodeFailure(failure) },
    });
  }

  /** *Local only* was turned on: nothing but this machine itself may stay connected. */
  private stayIn(): void {
    const { phase } = this.current;
    if (this.gateway?.isLoopback === true || (phase !== 'connecting' && phase !== 'online')) return;
    const [host = ''] = this.known.gateway.candidates;
    this.localOnly = this.deps.register.cut(this.gateway?.host ?? host, 'pool');
    this.attempt.abort(this.localOnly);
  }

  /** Waits for the time of the next try. False when there is to be none. */
  private async mayDialAgain(reason: Error): Promise<boolean> {
    if (this.isStopped || reason instanceof TunnelRefusal) return false;
    const { clock } = this.deps;
    const toldMs = this.calledBackAt === undefined ? undefined : this.calledBackAt - clock.now();
    const ms = this.pause.next({ hasLiveRuns: this.runs.count > 0, toldMs });
    this.enter({
      phase: 'waiting',
      retryAt: clock.now() + ms,
      problem: MillpondError.from(reason).message,
    });
    await new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve);
      this.endPause = () => {
        cancel();
        resolve();
      };
    });
    return !this.isStopped;
  }

  private enter(next: TunnelState): void {
    const { phase } = this.current;
    if (!moves[phase].includes(next.phase)) throw new Error(`tunnel: ${phase} -> ${next.phase}`);
    this.current = next;
    const { membershipId } = this.known;
    if (phase !== next.phase) this.deps.logger.info({ membershipId, ...next }, 'link changed');
    for (const listener of this.stateListeners) listener();
  }
}

function left(reason?: unknown): MillpondError {
  if (reason instanceof MillpondError) return reason;
  return new MillpondError('cancelled', 'This machine left the pool');
}
