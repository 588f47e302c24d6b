import type {
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
} from '../core/inference.ts';
import type { NodeHost, PoolNews, TunnelState } from '../tunnel/ports.ts';
import { errorReport } from './error-report.ts';
import type { PoolUpstream } from './memberships.ts';
import type {
  AgentLog,
  Invite,
  JoinedPool,
  MembershipStore,
  PoolConnection,
  PoolToServe,
  Tunnel,
} from './ports.ts';

interface JoinedPoolLinkDeps {
  readonly pool: JoinedPool;
  /** Undefined when the secret is lost: then it can only be left. */
  readonly privateKey: string | undefined;
  readonly tunnel: Pick<Tunnel, 'connect'>;
  readonly store: MembershipStore;
  readonly hostFor: (pool: PoolToServe) => NodeHost;
  readonly onUsed: (tokens: number) => void;
  readonly onChanged: () => void;
  readonly log: AgentLog;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const lostKey: TunnelState = {
  phase: 'closed',
  message:
    'The key of this membership is gone from this computer; leave the pool and join it again',
};

/** One joined pool: what is kept of it, and the tunnel that leads there. */
export class JoinedPoolLink {
  private readonly deps: JoinedPoolLinkDeps;
  private readonly connection: PoolConnection | undefined;
  private readonly backend: InferenceBackend;
  private readonly offerListeners = new Set<() => void>();
  private readonly leave: readonly (() => void)[];
  private isSharing: boolean;
  private offersPools: boolean;
  /** As it is on the disk, but for the epoch. */
  private kept: string;

  constructor(deps: JoinedPoolLinkDeps) {
    this.deps = deps;
    const { pool, privateKey, tunnel, store, hostFor } = deps;
    this.isSharing = pool.isSharing;
    this.offersPools = pool.offersPools;
    this.kept = withoutEpoch(pool);
    const host = hostFor({
      poolId: pool.poolId,
      isOffered: () => this.isOffered(),
      offersPools: () => this.offersPools,
      onFault: (error) => {
        const report = errorReport(error, deps.now());
        if (report !== undefined) this.connection?.reportError(report);
      },
      onOfferedChanged: (listener) => {
        this.offerListeners.add(listener);
        return () => void this.offerListeners.delete(listener);
      },
    });
    const connection =
      privateKey === undefined
        ? undefined
        : tunnel.connect({
            ...{ membership: pool, privateKey, host },
            persistEpoch: (epoch) => store.saveEpoch(pool.membershipId, epoch),
          });
    this.connection = connection;
    this.backend = { infer: (request, options) => this.ask(request, options) };
    this.leave =
      connection === undefined
        ? []
        : [
            connection.onState(() => {
              this.followGrant();
            }),
            connection.onNews(deps.onChanged),
          ];
  }

  get id(): string {
    return this.deps.pool.membershipId;
  }

  /** As the gateway said it last, with the owner's choice. */
  pool(): JoinedPool {
    const { pool } = this.deps;
    return {
      ...pool,
      ...this.connection?.membership(),
      isSharing: this.isSharing,
      offersPools: this.offersPools,
    };
  }

  state(): TunnelState {
    return this.connection?.state() ?? lostKey;
  }

  news(): PoolNews | undefined {
    return this.connection?.news();
  }

  /** The owner offers this machine there, and the pool lets it serve. */
  isOffered(): boolean {
    return this.isSharing && this.pool().mayServe && this.state().phase !== 'closed';
  }

  isAt(trust: Invite['gateway']['trust']): boolean {
    const own = this.deps.pool.gateway.trust;
    return own.kind === 'pin'
      ? trust.kind === 'pin' && trust.spki === own.spki
      : trust.kind === 'webpki' && trust.host === own.host;
  }

  choose({ isSharing, offersPools }: Pick<JoinedPool, 'isSharing' | 'offersPools'>): void {
    this.isSharing = isSharing;
    this.offersPools = offersPools;
    for (const listener of this.offerListeners) listener();
  }

  start(): void {
    this.connection?.start();
  }

  reconnectNow(): void {
    this.connection?.reconnectNow();
  }

  async drain(reason: string): Promise<void> {
    await this.connection?.drain(reason);
  }

  async stop(): Promise<void> {
    for (const leave of this.leave) leave();
    await this.connection?.stop();
  }

  upstream(): PoolUpstream {
    const { membershipId, poolId, poolName, mayAsk } = this.pool();
    return {
      ...{ membershipId, poolId, poolName, mayAsk },
      news: this.news(),
      backend: this.backend,
      state: this.state(),
    };
  }

  /** The gateway may have renamed the pool or changed what we may: kept, so that it is true offline. */
  private followGrant(): void {
    const { store, log, onChanged } = this.deps;
    const now = this.pool();
    if (this.state().phase === 'online' && withoutEpoch(now) !== this.kept) {
      this.kept = withoutEpoch(now);
      store.save(now).catch((error: unknown) => {
        log.warn({ membershipId: this.id, error }, 'membership not written');
      });
    }
    for (const listener of this.offerListeners) listener();
    onChanged();
  }

  private async *ask(
    request: InferenceRequest,
    options: InferOptions,
  ): AsyncGenerator<InferenceChunk> {
    const { connection } = this;
    if (connection === undefined) return;
    let used = 0;
    try {
      for await (const chunk of connection.backend.infer(request, options)) {
        if ('usage' in chunk) used = chunk.usage.completionTokens;
        yield chunk;
      }
    } finally {
      if (used > 0) this.deps.onUsed(used);
    }
  }
}

function withoutEpoch({ epoch: _epoch, ...pool }: JoinedPool): string {
  return JSON.stringify(Object.entries(pool).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
