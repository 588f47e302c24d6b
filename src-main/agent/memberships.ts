import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type { InferenceBackend } from '../core/inference.ts';
import type { NodeHost, PoolNews, TunnelState } from '../tunnel/ports.ts';
import { JoinDesk } from './join-desk.ts';
import type { JoinProgress } from './join-desk.ts';
import { JoinedPoolLink } from './joined-pool-link.ts';
import { invitePreview, membershipView } from './membership-views.ts';
import type { InvitePreview, MembershipView, NearbyView } from './membership-views.ts';
import type {
  AgentLog,
  AgentSecrets,
  DeviceNames,
  Invite,
  JoinedPool,
  Joined,
  MembershipStore,
  NearbyPools,
  PoolToServe,
  Tunnel,
} from './ports.ts';

export interface MembershipsDeps {
  readonly tunnel: Tunnel;
  readonly store: MembershipStore;
  readonly secrets: AgentSecrets;
  readonly nearby: NearbyPools;
  readonly clock: Clock;
  readonly log: AgentLog;
  /** This machine for one pool; `createNodeHost` with the app's engines and sharing. */
  readonly hostFor: (pool: PoolToServe) => NodeHost;
  /** Used where a person gave no names. */
  readonly names: () => DeviceNames;
  /** A model of this machine has this name: the pool's is then asked for as `id@pool`. */
  readonly isOwnModel: (id: string) => boolean;
  /** A pool answered our owner with so many tokens. */
  readonly onUsed: (tokens: number) => void;
}

/** A joined pool as an upstream of this machine's own gateway. */
export interface PoolUpstream {
  readonly membershipId: string;
  readonly poolId: string;
  readonly poolName: string;
  readonly mayAsk: boolean;
  readonly news: PoolNews | undefined;
  readonly backend: InferenceBackend;
  readonly state: TunnelState;
}

export interface JoinOrder extends DeviceNames {
  readonly link: string;
  /** Offer this machine's models there at once, where the invite allows it. */
  readonly share: boolean;
}

export interface MembershipsView {
  readonly memberships: readonly MembershipView[];
  readonly nearby: readonly NearbyView[];
  readonly request?: JoinProgress;
}

/** Every pool that this app has joined. */
export interface Memberships {
  /** Connects to all pools that were joined before. */
  start(): Promise<void>;
  /** Lets running answers end for a moment, then closes every tunnel. */
  stop(): Promise<void>;
  view(): MembershipsView;
  /** Reads a link; contacts nobody. Throws `invalid-request` with one sentence. */
  preview(link: string): InvitePreview;
  join(order: JoinOrder): Promise<MembershipView>;
  /** Asks a pool of this network; how it goes is in `view().request`. */
  ask(order: DeviceNames & { readonly nearbyId: string }): void;
  cancelAsk(): void;
  /** What this machine offers there. */
  offer(
    id: string,
    choice: { readonly isSharing?: boolean; readonly offersPools?: boolean },
  ): Promise<MembershipView>;
  /** Throws `not-found` for a membership that is not there, as all calls with an id do. */
  reconnect(id: string): void;
  leave(id: string): Promise<void>;
  upstreams(): readonly PoolUpstream[];
  /** Some pool may ask this machine. */
  isServing(): boolean;
  onChanged(listener: () => void): () => void;
}

export function createMemberships(deps: MembershipsDeps): Memberships {
  return new AppMemberships(deps);
}

const secretName = (membershipId: string): string => `membership:${membershipId}`;
/** A shutdown waits no longer for answers to end. */
const drainLimitMs = 5000;

class AppMemberships implements Memberships {
  private readonly deps: MembershipsDeps;
  private readonly links = new Map<string, JoinedPoolLink>();
  private readonly listeners = new Set<() => void>();
  private readonly desk: JoinDesk;
  private leaveNearby: (() => void) | undefined;

  constructor(deps: MembershipsDeps) {
    this.deps = deps;
    this.desk = new JoinDesk({
      tunnel: deps.tunnel,
      adopt: (joined, privateKey, share) => this.adopt(joined, privateKey, share),
      onChanged: () => {
        this.announce();
      },
    });
  }

  async start(): Promise<void> {
    const { store, secrets, log, nearby } = this.deps;
    this.leaveNearby = nearby.onChanged(() => {
      this.announce();
    });
    for (const pool of await store.list()) {
      const privateKey = await secrets.read(secretName(pool.membershipId));
      if (privateKey === undefined) {
        log.warn({ membershipId: pool.membershipId }, 'membership without its key');
      }
      this.connect(pool, privateKey);
    }
    this.announce();
  }

  async stop(): Promise<void> {
    this.leaveNearby?.();
    this.desk.cancel();
    const { clock } = this.deps;
    await Promise.all(
      this.links.values().map(async (link) => {
        const late: PromiseWithResolvers<void> = Promise.withResolvers();
        const cancel = clock.after(drainLimitMs, late.resolve);
        await Promise.race([link.drain('Millpond is closing on this machine'), late.promise]);
        cancel();
        await link.stop();
      }),
    );
    this.links.clear();
  }

  view(): MembershipsView {
    const { nearby, isOwnModel } = this.deps;
    return {
      memberships: this.links
        .values()
        .map((link) => membershipView(link, isOwnModel))
        .toArray(),
      nearby: nearby.list().map(({ gateway, ...offer }) => ({
        ...offer,
        isAlreadyJoined: this.memberAt(gateway.trust, offer.poolName) !== undefined,
      })),
      ...(this.desk.progress !== undefined && { request: this.desk.progress }),
    };
  }

  preview(link: string): InvitePreview {
    const { tunnel } = this.deps;
    const invite = tunnel.readInvite(link);
    return invitePreview(invite, {
      words: tunnel.fingerprintWords(invite.gateway),
      isAlreadyJoined: this.memberOf(invite) !== undefined,
    });
  }

  async join({ link, share, ...names }: JoinOrder): Promise<MembershipView> {
    const invite = this.deps.tunnel.readInvite(link);
    const known = this.memberOf(invite);
    if (known !== undefined && known.state().phase !== 'closed') {
      throw new MillpondError('conflict', `You are in ${known.pool().poolName} already`);
    }
    const joined = await this.desk.join(invite, this.named(names), share);
    if (known !== undefined) await this.leave(known.id);
    this.announce();
    return membershipView(joined, this.deps.isOwnModel);
  }

  ask({ nearbyId, ...names }: DeviceNames & { readonly nearbyId: string }): void {
    const offer = this.deps.nearby.list().find(({ id }) => id === nearbyId);
    if (offer === undefined) {
      throw new MillpondError('not-found', 'That pool is not on this network any more');
    }
    this.desk.ask(offer, this.named(names));
  }

  cancelAsk(): void {
    this.desk.cancel();
  }

  async offer(
    id: string,
    choice: { readonly isSharing?: boolean; readonly offersPools?: boolean },
  ): Promise<MembershipView> {
    const link = this.linkOf(id);
    const next = { ...link.pool(), ...choice };
    if ((choice.isSharing === true || choice.offersPools === true) && !next.mayServe) {
      throw new MillpondError(
        'forbidden',
        `${link.pool().poolName} let you in to ask only; ask its owner for an invite to serve`,
      );
    }
    await this.deps.store.save(next);
    link.choose(next);
    this.announce();
    return membershipView(link, this.deps.isOwnModel);
  }

  reconnect(id: string): void {
    this.linkOf(id).reconnectNow();
  }

  async leave(id: string): Promise<void> {
    const link = this.linkOf(id);
    this.links.delete(id);
    await link.stop();
    await this.deps.store.remove(id);
    await this.deps.secrets.write(secretName(id), undefined);
    this.announce();
  }

  upstreams(): readonly PoolUpstream[] {
    return this.links
      .values()
      .map((link) => link.upstream())
      .toArray();
  }

  isServing(): boolean {
    return this.links.values().some((link) => link.isOffered());
  }

  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** What was joined is safe on the disk before anybody hears that it worked. */
  private async adopt(
    { grant, gateway }: Joined,
    privateKey: string,
    share: boolean,
  ): Promise<JoinedPoolLink> {
    const { store, secrets, clock } = this.deps;
    const pool: JoinedPool = {
      ...grant,
      gateway,
      epoch: 0,
      joinedAt: clock.now(),
      isSharing: share && grant.mayServe,
      offersPools: false,
    };
    await secrets.write(secretName(pool.membershipId), privateKey);
    await store.save(pool);
    const link = this.connect(pool, privateKey);
    this.announce();
    return link;
  }

  private connect(pool: JoinedPool, privateKey: string | undefined): JoinedPoolLink {
    const { tunnel, store, hostFor, onUsed, log } = this.deps;
    const link = new JoinedPoolLink({
      ...{ pool, privateKey, tunnel, store, hostFor, onUsed, log },
      now: () => this.deps.clock.now(),
      onChanged: () => {
        this.announce();
      },
    });
    this.links.set(pool.membershipId, link);
    link.start();
    return link;
  }

  private named({ personName, deviceName }: DeviceNames): DeviceNames {
    const fallback = this.deps.names();
    return {
      personName: personName === '' ? fallback.personName : personName,
      deviceName: deviceName === '' ? fallback.deviceName : deviceName,
    };
  }

  private memberOf({ gateway, poolName }: Invite): JoinedPoolLink | undefined {
    return this.memberAt(gateway.trust, poolName);
  }

  private memberAt(
    trust: Invite['gateway']['trust'],
    poolName: string,
  ): JoinedPoolLink | undefined {
    return this.links
      .values()
      .find((link) => link.isAt(trust) && link.pool().poolName === poolName);
  }

  private linkOf(id: string): JoinedPoolLink {
    const link = this.links.get(id);
    if (link !== undefined) return link;
    throw new MillpondError('not-found', 'This app is not in that pool any more');
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}
