import { MillpondError } from '../../core/error.ts';
import type { PoolRole } from '../../core/node.ts';
import type { Devices } from './devices.ts';
import type { Access, PeopleParts } from './people-parts.ts';
import type { StoredDevice, StoredMember, StoredPerson } from './ports.ts';
import type { Ranks } from './ranks.ts';

/** A member as lists show them; who is online and how much they gave stands elsewhere. */
export interface MemberRecord {
  readonly personId: string;
  readonly name: string;
  readonly role: PoolRole;
  readonly joinedAt: number;
  /** Absent: all. */
  readonly models?: readonly string[];
  readonly devices: readonly StoredDevice[];
}

interface MembersDeps {
  readonly parts: PeopleParts;
  readonly devices: Devices;
  readonly ranks: Ranks;
  readonly access: Access;
}

interface MemberWish {
  readonly role?: PoolRole | undefined;
  /** Empty: all. */
  readonly models?: readonly string[] | undefined;
}

/** People in pools. `by` is always the person who asks for a change. */
export class Members {
  private readonly deps: MembersDeps;

  constructor(deps: MembersDeps) {
    this.deps = deps;
  }

  /** Those who joined first come first. */
  list(poolId: string): readonly MemberRecord[] {
    return this.deps.parts.state
      .membersOf(poolId)
      .toSorted((a, b) => a.joinedAt - b.joinedAt)
      .map((member) => this.describe(member));
  }

  find(poolId: string, personId: string): MemberRecord | undefined {
    const { state } = this.deps.parts;
    const member = state.pool(poolId) && state.member(poolId, personId);
    return member && this.describe(member);
  }

  /** The pools that somebody is in. */
  poolsOf(personId: string): readonly string[] {
    return this.deps.parts.state.membershipsOf(personId).map(({ poolId }) => poolId);
  }

  /** Throws `not-found` for a pool that is not held here, `forbidden` unless `by` says who is in it. */
  refuseManaging(poolId: string, { by }: { readonly by: string }): void {
    this.deps.parts.state.requirePool(poolId);
    this.deps.ranks.refuseManaging(poolId, by);
  }

  /** Lets somebody ask who has an account here and no machine that joined. Nothing changes for a member. */
  async add(
    poolId: string,
    { id: personId, name, role }: StoredPerson,
    asked: { readonly by: string },
  ): Promise<void> {
    this.refuseManaging(poolId, asked);
    const { state, store, clock, news } = this.deps.parts;
    if (state.member(poolId, personId) !== undefined) return;
    const joinedAt = clock.now();
    const member: StoredMember = {
      ...{ poolId, personId, joinedAt, models: [] },
      role: role === 'viewer' ? 'viewer' : 'member',
    };
    await store.insertMember(member);
    state.apply({ kind: 'member', member });
    news.event(poolId, joinedAt, { kind: 'member-joined', person: name });
  }

  /** Rejects with `forbidden` where `by` would touch or make somebody of their own rank or above. */
  async update(poolId: string, personId: string, wish: MemberWish & { readonly by: string }) {
    const { parts, devices, ranks } = this.deps;
    const current = this.require(poolId, personId);
    ranks.refuseChange(current, wish.by);
    if (wish.role !== undefined) ranks.refuseGrant(poolId, wish.role, wish.by);
    const member: StoredMember = {
      ...current,
      ...(wish.role !== undefined && { role: wish.role }),
      ...(wish.models !== undefined && { models: wish.models }),
    };
    await parts.store.updateMember(member);
    // Removed meanwhile: they stay so.
    this.require(poolId, personId);
    parts.state.apply({ kind: 'member', member });
    devices.changed(poolId, personId);
    return this.describe(member);
  }

  /** Ends the membership with all its devices and pool keys, at once. */
  async remove(poolId: string, personId: string, { by }: { readonly by: string }): Promise<void> {
    const member = this.require(poolId, personId);
    this.deps.ranks.refuseChange(member, by);
    const { state } = this.deps.parts;
    await this.end(member, state.person(personId)?.name ?? '');
    if (!state.isSomebody(personId)) await this.deps.access.closeSessions(personId);
  }

  /** Every membership of somebody who is removed from the gateway. */
  async leaveAll({ id, name }: StoredPerson): Promise<void> {
    for (const member of this.deps.parts.state.membershipsOf(id)) await this.end(member, name);
  }

  private async end({ poolId, personId }: StoredMember, person: string): Promise<void> {
    const { parts, devices, access } = this.deps;
    const { state, store, clock, news } = parts;
    const at = clock.now();
    const theirs = devices.ofPerson(poolId, personId);
    state.apply({ kind: 'member-gone', poolId, personId });
    devices.end(theirs, at);
    news.event(poolId, at, { kind: 'member-removed', person });
    await store.removeMember(poolId, personId, at);
    await access.revokeKeys({ poolId, personId });
  }

  private require(poolId: string, personId: string): StoredMember {
    const { state } = this.deps.parts;
    state.requirePool(poolId);
    const member = state.member(poolId, personId);
    if (member === undefined) {
      throw new MillpondError('not-found', 'This pool has no such member');
    }
    return member;
  }

  private describe(member: StoredMember): MemberRecord {
    const { poolId, personId, role, joinedAt, models } = member;
    return {
      ...{ personId, role, joinedAt },
      name: this.deps.parts.state.person(personId)?.name ?? '',
      ...(models.length > 0 && { models }),
      devices: this.deps.devices.ofPerson(poolId, personId),
    };
  }
}
