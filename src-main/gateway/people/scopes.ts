import type { PoolRole } from '../../core/node.ts';
import type { Scope } from '../ports.ts';
import { gatewayRoleOf } from './gateway-role.ts';
import type { PeopleState } from './people-state.ts';

/** Pools of other gateways that this app is in: its owner asks them as well. */
export interface JoinedPools {
  ids(): readonly string[];
  onChanged(listener: () => void): () => void;
}

/** Which machines and models exist for whom. Read on every request: plain reads of the snapshot. */
export class Scopes {
  private readonly state: PeopleState;
  private readonly joined: JoinedPools;
  private readonly cached = new Map<string, Scope>();

  constructor(state: PeopleState, joined: JoinedPools) {
    this.state = state;
    this.joined = joined;
    const forget = (): void => {
      this.cached.clear();
    };
    state.onChanged(forget);
    joined.onChanged(forget);
  }

  /** The person's, in one pool or in all of theirs. Empty for whoever is a member of none. */
  of(personId: string, poolId?: string): Scope {
    const cacheKey = `${personId} ${poolId ?? ''}`;
    const known = this.cached.get(cacheKey);
    if (known !== undefined) return known;
    const scope = poolId === undefined ? this.ofPerson(personId) : this.inPool(personId, poolId);
    this.cached.set(cacheKey, scope);
    return scope;
  }

  /** Members' prompts share no cache: each person is a tenant of their own. */
  isIsolated(poolId: string): boolean {
    return this.state.pool(poolId)?.isIsolated ?? true;
  }

  /** In the pool, or the best that they have anywhere; undefined for whoever is known nowhere. */
  role(personId: string, poolId?: string): PoolRole | undefined {
    const atGateway = this.gatewayRole(personId);
    if (atGateway === 'owner') return 'owner';
    if (poolId !== undefined) return this.livingMember(personId, poolId)?.role;
    const roles = this.state.membershipsOf(personId).map((member) => member.role);
    if (atGateway !== undefined) roles.push(atGateway);
    return roles.toSorted((a, b) => roleRank[b] - roleRank[a])[0];
  }

  /** At the gateway as a whole; undefined for whoever has no account here. */
  gatewayRole(personId: string): PoolRole | undefined {
    return gatewayRoleOf(this.state.person(personId));
  }

  /** Whether they may look at what everybody used and asked; everybody else sees their own. */
  seesEverybody(personId: string): boolean {
    const role = this.gatewayRole(personId);
    return role !== undefined && role !== 'member';
  }

  /**
   * An account reaches shared providers and the pools that it is in. Of this machine it reaches what
   * those pools are offered, so without a pool nothing: what an owner shares, they share with a pool.
   */
  private ofPerson(personId: string): Scope {
    if (this.isOwner(personId)) {
      return {
        pools: [...this.state.livingPools().map((pool) => pool.id), ...this.joined.ids()],
        providers: 'own',
      };
    }
    const memberships = this.state.membershipsOf(personId).filter(mayAsk);
    const [only] = memberships;
    if (only !== undefined && memberships.length === 1) return this.inPool(personId, only.poolId);
    // One list of models cannot say what belongs to which pool: limited ones need a key of their own.
    const unlimited = memberships.filter((member) => member.models.length === 0);
    const mayAskProviders = unlimited.length > 0 || this.isAskingAccount(personId);
    return {
      pools: unlimited.map((member) => member.poolId),
      isVisitor: true,
      ...(mayAskProviders && { providers: 'shared' }),
    };
  }

  private inPool(personId: string, poolId: string): Scope {
    const member = this.livingMember(personId, poolId);
    if (member === undefined || !mayAsk(member)) return { pools: [], isVisitor: true };
    const { models } = member;
    return {
      pools: [poolId],
      isVisitor: true,
      providers: 'shared',
      ...(models.length > 0 && { models }),
    };
  }

  private livingMember(personId: string, poolId: string) {
    return this.state.pool(poolId) && this.state.member(poolId, personId);
  }

  private isOwner(personId: string): boolean {
    return this.gatewayRole(personId) === 'owner';
  }

  private isAskingAccount(personId: string): boolean {
    const role = this.gatewayRole(personId);
    return role !== undefined && mayAsk({ role });
  }
}

/** More may do more. */
export const roleRank: Readonly<Record<PoolRole, number>> = {
  viewer: 0,
  member: 1,
  admin: 2,
  owner: 3,
};

/** Viewers look, they don't ask. */
const mayAsk = ({ role }: { readonly role: PoolRole }): boolean => role !== 'viewer';
