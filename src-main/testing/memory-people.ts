import type {
  Arrival,
  PeopleStore,
  StoredDevice,
  StoredInvite,
  StoredMember,
  StoredPerson,
  StoredPool,
} from '../gateway/people/ports.ts';

/** Pools and people without a database, with the same promises. */
export class MemoryPeopleStore implements PeopleStore {
  readonly persons = new Map<string, StoredPerson>();
  readonly pools = new Map<string, StoredPool>();
  readonly members = new Map<string, StoredMember>();
  readonly devices = new Map<string, StoredDevice>();
  readonly invites = new Map<string, StoredInvite>();

  constructor(owner: StoredPerson) {
    this.persons.set(owner.id, owner);
  }

  load() {
    return Promise.resolve({
      persons: [...this.persons.values()],
      pools: [...this.pools.values()],
      members: [...this.members.values()],
      devices: [...this.devices.values()],
      invites: [...this.invites.values()],
    });
  }

  savePerson(person: StoredPerson): Promise<void> {
    this.persons.set(person.id, person);
    return Promise.resolve();
  }

  insertPool(pool: StoredPool, owner: StoredMember): Promise<void> {
    this.pools.set(pool.id, pool);
    return this.updateMember(owner);
  }

  updatePool(pool: StoredPool): Promise<void> {
    this.pools.set(pool.id, pool);
    return Promise.resolve();
  }

  endPool(poolId: string, at: number): Promise<void> {
    const pool = this.pools.get(poolId);
    if (pool !== undefined) this.pools.set(poolId, { ...pool, endedAt: at });
    for (const [key, member] of this.members) {
      if (member.poolId === poolId) this.members.delete(key);
    }
    for (const [id, invite] of this.invites) if (invite.poolId === poolId) this.invites.delete(id);
    this.revoke(at, (device) => device.poolId === poolId);
    return Promise.resolve();
  }

  insertMember(member: StoredMember): Promise<void> {
    return this.updateMember(member);
  }

  updateMember(member: StoredMember): Promise<void> {
    this.members.set(`${member.poolId} ${member.personId}`, member);
    return Promise.resolve();
  }

  removeMember(poolId: string, personId: string, at: number): Promise<void> {
    this.members.delete(`${poolId} ${personId}`);
    this.revoke(at, (device) => device.poolId === poolId && device.personId === personId);
    return Promise.resolve();
  }

  arrive({ device, person, member, inviteId, now }: Arrival): Promise<boolean> {
    if (inviteId !== undefined) {
      const invite = this.invites.get(inviteId);
      const isOpen =
        invite?.revokedAt === undefined &&
        (invite?.uses ?? 0) < (invite?.maxUses ?? Infinity) &&
        (invite?.expiresAt ?? Infinity) > now;
      if (invite === undefined || !isOpen) return Promise.resolve(false);
      this.invites.set(inviteId, { ...invite, uses: invite.uses + 1 });
    }
    if (person !== undefined) this.persons.set(person.id, person);
    if (member !== undefined) void this.updateMember(member);
    this.devices.set(device.id, device);
    return Promise.resolve(true);
  }

  updateDevice({ id, name, trust }: StoredDevice): Promise<void> {
    return this.changeDevice(id, { name, trust });
  }

  revokeDevice(id: string, at: number): Promise<void> {
    return this.changeDevice(id, { revokedAt: at });
  }

  touchDevice(id: string, epoch: number, lastSeenAt: number): Promise<void> {
    return this.changeDevice(id, { epoch, lastSeenAt });
  }

  insertInvites(invites: readonly StoredInvite[]): Promise<void> {
    for (const invite of invites) this.invites.set(invite.id, invite);
    return Promise.resolve();
  }

  revokeInvite(id: string, at: number): Promise<void> {
    const invite = this.invites.get(id);
    if (invite !== undefined) this.invites.set(id, { ...invite, revokedAt: at });
    return Promise.resolve();
  }

  private changeDevice(id: string, changes: Partial<StoredDevice>): Promise<void> {
    const device = this.devices.get(id);
    if (device !== undefined) this.devices.set(id, { ...device, ...changes });
    return Promise.resolve();
  }

  private revoke(at: number, isMeant: (device: StoredDevice) => boolean): void {
    for (const [id, device] of this.devices) {
      if (isMeant(device)) this.devices.set(id, { ...device, revokedAt: at });
    }
  }
}
