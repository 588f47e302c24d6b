import { newId } from '../../core/identity.ts';
import type { NodeTrust, PoolRole } from '../../core/node.ts';
import type { KnownMembership } from '../../tunnel/ports.ts';
import type { Devices } from './devices.ts';
import type { PeopleParts } from './people-parts.ts';
import type { Arrival, InviteRights, StoredDevice, StoredMember, StoredPerson } from './ports.ts';
import { longestName, tidyName } from './tidy-name.ts';

/** A device that is to be let in. */
export interface Newcomer {
  readonly publicKey: Uint8Array;
  readonly deviceName: string;
  readonly personName: string;
}

/** On what terms. */
export interface Terms {
  readonly poolId: string;
  readonly role: PoolRole;
  readonly trust: NodeTrust;
  readonly rights: InviteRights;
  readonly models: readonly string[];
  /** Whose device it is; absent: somebody new. */
  readonly personId?: string;
  readonly inviteId?: string;
}

/** Lets devices in: makes the person, the member and the device, all or nothing. */
export class Arrivals {
  private readonly parts: PeopleParts;
  private readonly devices: Devices;
  private before: Promise<unknown> = Promise.resolve();

  constructor(parts: PeopleParts, devices: Devices) {
    this.parts = parts;
    this.devices = devices;
  }

  /** The one that this key has in the pool: who asks again because an answer was lost is known. */
  known(poolId: string, publicKey: Uint8Array): KnownMembership | undefined {
    const device = this.parts.state.deviceWithKey(poolId, publicKey);
    return device && this.devices.find(device.id);
  }

  /**
   * Undefined when the invite has no use left. One comes in after the other: until somebody is written
   * down, their name and key look free.
   */
  letIn(newcomer: Newcomer, terms: Terms): Promise<KnownMembership | undefined> {
    const arrived = this.before.then(() => this.enter(newcomer, terms));
    // Who fails to come in keeps nobody else out.
    this.before = arrived.catch(() => undefined);
    return arrived;
  }

  private async enter(newcomer: Newcomer, terms: Terms): Promise<KnownMembership | undefined> {
    const { state, store, clock } = this.parts;
    const again = this.known(terms.poolId, newcomer.publicKey);
    if (again !== undefined) return again;
    const now = clock.now();
    const arrival = this.prepare(newcomer, terms, now);
    if (!(await store.arrive(arrival))) return undefined;
    const { device, person, member } = arrival;
    const invite = terms.inviteId === undefined ? undefined : state.invite(terms.inviteId);
    state.apply(
      ...(person === undefined ? [] : [{ kind: 'person' as const, person }]),
      ...(member === undefined ? [] : [{ kind: 'member' as const, member }]),
      { kind: 'device', device },
      ...(invite === undefined
        ? []
        : [{ kind: 'invite' as const, invite: { ...invite, uses: invite.uses + 1 } }]),
    );
    this.announce(device, member !== undefined, now);
    return this.devices.describe(device);
  }

  private prepare(newcomer: Newcomer, terms: Terms, now: number): Arrival {
    const { state } = this.parts;
    const known = terms.personId === undefined ? undefined : state.person(terms.personId);
    const person = known ?? this.newPerson(newcomer, now);
    const device: StoredDevice = {
      id: newId(),
      poolId: terms.poolId,
      personId: person.id,
      publicKey: newcomer.publicKey,
      name: tidyName(newcomer.deviceName) || 'Computer',
      trust: terms.trust,
      mayServe: terms.rights !== 'ask',
      mayAsk: terms.rights !== 'serve',
      epoch: 0,
      createdAt: now,
    };
    const isMember = state.member(terms.poolId, person.id) !== undefined;
    const member: StoredMember = {
      poolId: terms.poolId,
      personId: person.id,
      role: terms.role,
      models: terms.models,
      joinedAt: now,
    };
    return {
      ...{ device, now },
      ...(known === undefined && { person }),
      ...(!isMember && { member }),
      ...(terms.inviteId !== undefined && { inviteId: terms.inviteId }),
    };
  }

  private newPerson({ personName, deviceName }: Newcomer, now: number): StoredPerson {
    const wanted = tidyName(personName) || tidyName(deviceName) || 'Member';
    return { id: newId(), name: this.freeName(wanted), role: 'member', createdAt: now };
  }

  /** Names sign people in and stand in ledgers: no two are the same. */
  private freeName(wanted: string): string {
    for (let number = 1; ; number += 1) {
      const suffix = number === 1 ? '' : ` ${number.toString()}`;
      const name = `${wanted.slice(0, longestName - suffix.length)}${suffix}`;
      if (this.parts.state.personNamed(name) === undefined) return name;
    }
  }

  private announce(device: StoredDevice, isNewMember: boolean, now: number): void {
    const { news, state, logger } = this.parts;
    const person = state.person(device.personId)?.name ?? '';
    const { poolId, name: machine } = device;
    if (isNewMember) news.event(poolId, now, { kind: 'member-joined', person });
    if (device.mayServe) news.event(poolId, now, { kind: 'machine-joined', machine, person });
    logger.info({ poolId, nodeId: device.id, personId: device.personId }, 'a device joined a pool');
  }
}
