import { assertNever, MillpondError } from '../../core/error.ts';
import { gatewayRoleOf } from './gateway-role.ts';
import type {
  StoredDevice,
  StoredInvite,
  StoredMember,
  StoredPeople,
  StoredPerson,
  StoredPool,
} from './ports.ts';

/** A row that came, changed or (for members) went. */
export type PeopleChange =
  | { readonly kind: 'person'; readonly person: StoredPerson }
  | { readonly kind: 'pool'; readonly pool: StoredPool }
  | { readonly kind: 'member'; readonly member: StoredMember }
  | { readonly kind: 'member-gone'; readonly poolId: string; readonly personId: string }
  | { readonly kind: 'device'; readonly device: StoredDevice }
  | { readonly kind: 'invite'; readonly invite: StoredInvite }
  | { readonly kind: 'invites-gone'; readonly poolId: string };

/**
 * The snapshot that requests are answered from: everybody and every pool, in memory. Each change is
 * in force for the next read.
 */
export class PeopleState {
  private readonly persons = new Map<string, StoredPerson>();
  private readonly pools = new Map<string, StoredPool>();
  private readonly members = new Map<string, Map<string, StoredMember>>();
  private readonly devices = new Map<string, StoredDevice>();
  private readonly invites = new Map<string, StoredInvite>();
  private readonly invitesByHash = new Map<string, StoredInvite>();
  private readonly listeners = new Set<() => void>();

  fill(stored: StoredPeople): void {
    for (const person of stored.persons) this.keep({ kind: 'person', person });
    for (const pool of stored.pools) this.keep({ kind: 'pool', pool });
    for (const member of stored.members) this.keep({ kind: 'member', member });
    for (const device of stored.devices) this.keep({ kind: 'device', device });
    for (const invite of stored.invites) this.keep({ kind: 'invite', invite });
    this.tell();
  }

  apply(...changes: readonly PeopleChange[]): void {
    for (const change of changes) this.keep(change);
    this.tell();
  }

  /** The device connected, or is still there: nobody's lists or rights change by it. */
  touch(device: StoredDevice): void {
    this.keep({ kind: 'device', device });
  }

  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Undefined once they were removed. */
  person(id: string): StoredPerson | undefined {
    const person = this.persons.get(id);
    return person?.removedAt === undefined ? person : undefined;
  }

  /** Also one who was removed: what they did still stands in books and logs. */
  personEver(id: string): StoredPerson | undefined {
    return this.persons.get(id);
  }

  personNamed(name: string): StoredPerson | undefined {
    const wanted = name.toLowerCase();
    return this.livingPersons().find((person) => person.name.toLowerCase() === wanted);
  }

  /** Those who were not removed, in no particular order. */
  livingPersons(): readonly StoredPerson[] {
    return [...this.persons.values()].filter((person) => person.removedAt === undefined);
  }

  /** Undefined once it was stopped. */
  pool(id: string): StoredPool | undefined {
    const pool = this.pools.get(id);
    return pool?.endedAt === undefined ? pool : undefined;
  }

  /** Also one that was stopped. */
  poolEver(id: string): StoredPool | undefined {
    return this.pools.get(id);
  }

  /** Throws `not-found`; a pool that one may not see looks the same. */
  requirePool(id: string): StoredPool {
    const pool = this.pool(id);
    if (pool === undefined) throw new MillpondError('not-found', 'There is no such pool here');
    return pool;
  }

  /** Those that run, the oldest first. */
  livingPools(): readonly StoredPool[] {
    return [...this.pools.values()]
      .filter((pool) => pool.endedAt === undefined)
      .toSorted((a, b) => a.createdAt - b.createdAt);
  }

  member(poolId: string, personId: string): StoredMember | undefined {
    return this.members.get(poolId)?.get(personId);
  }

  membersOf(poolId: string): readonly StoredMember[] {
    return [...(this.members.get(poolId)?.values() ?? [])];
  }

  /** Of pools that run. */
  membershipsOf(personId: string): readonly StoredMember[] {
    return this.livingPools().flatMap((pool) => this.member(pool.id, personId) ?? []);
  }

  /** Has an account here or is in a pool that runs: may be signed in. */
  isSomebody(personId: string): boolean {
    return (
      gatewayRoleOf(this.person(personId)) !== undefined || this.membershipsOf(personId).length > 0
    );
  }

  device(id: string): StoredDevice | undefined {
    return this.devices.get(id);
  }

  deviceWithKey(poolId: string, publicKey: Uint8Array): StoredDevice | undefined {
    const key = Buffer.from(publicKey);
    return this.devicesOf(poolId).find((device) => key.equals(device.publicKey));
  }

  /** Those that were not revoked. */
  devicesOf(poolId: string): readonly StoredDevice[] {
    return [...this.devices.values()].filter(
      (device) => device.poolId === poolId && device.revokedAt === undefined,
    );
  }

  invite(id: string): StoredInvite | undefined {
    return this.invites.get(id);
  }

  inviteWithHash(hash: string): StoredInvite | undefined {
    return this.invitesByHash.get(hash);
  }

  invitesOf(poolId: string): readonly StoredInvite[] {
    return [...this.invites.values()].filter((invite) => invite.poolId === poolId);
  }

  private keep(change: PeopleChange): void {
    switch (change.kind) {
      case 'person':
        this.persons.set(change.person.id, change.person);
        return;
      case 'pool':
        this.pools.set(change.pool.id, change.pool);
        return;
      case 'member': {
        const { poolId, personId } = change.member;
        const members = this.members.get(poolId) ?? new Map<string, StoredMember>();
        this.members.set(poolId, members.set(personId, change.member));
        return;
      }
      case 'member-gone':
        this.members.get(change.poolId)?.delete(change.personId);
        return;
      case 'device':
        this.devices.set(change.device.id, change.device);
        return;
      case 'invite':
        this.invites.set(change.invite.id, change.invite);
        this.invitesByHash.set(change.invite.hash, change.invite);
        return;
      case 'invites-gone':
        for (const invite of this.invitesOf(change.poolId)) {
          this.invites.delete(invite.id);
          this.invitesByHash.delete(invite.hash);
        }
        return;
      default:
        assertNever(change);
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
