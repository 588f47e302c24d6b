import { MillpondError } from '../../core/error.ts';
import type { NodeTrust } from '../../core/node.ts';
import type { KnownMembership } from '../../tunnel/ports.ts';
import type { TunnelRefusal } from '../../tunnel/refusal.ts';
import type { PeopleParts } from './people-parts.ts';
import type { StoredDevice } from './ports.ts';
import { membershipRevoked, poolStopped } from './refusals.ts';

/** How often `lastSeenAt` of a device that stays connected is written down. */
const seenEveryMs = 60_000;

/** A membership with what its device is called here. */
export interface MemberDevice extends KnownMembership {
  readonly name: string;
  /** Epoch milliseconds; absent until it connected once. */
  readonly lastSeenAt?: number;
}

/** Devices of members, each with a key of its own: what the tunnel calls memberships. */
export class Devices {
  private readonly parts: PeopleParts;

  constructor(parts: PeopleParts) {
    this.parts = parts;
  }

  /** Undefined when it never existed; throws the refusal of one that ended. */
  connectable(id: string): MemberDevice | undefined {
    const device = this.parts.state.device(id);
    if (device === undefined) return undefined;
    const refusal = this.refusalOf(device);
    if (refusal !== undefined) throw refusal;
    return this.describe(device);
  }

  /** Undefined for one that ended, too. */
  find(id: string): MemberDevice | undefined {
    const device = this.parts.state.device(id);
    if (device === undefined || this.refusalOf(device) !== undefined) return undefined;
    return this.describe(device);
  }

  ofPool(poolId: string): readonly MemberDevice[] {
    return this.parts.state.devicesOf(poolId).flatMap((device) => this.find(device.id) ?? []);
  }

  ofPerson(poolId: string, personId: string): readonly StoredDevice[] {
    return this.parts.state.devicesOf(poolId).filter((device) => device.personId === personId);
  }

  /** In force at once, and written down; a crash right after it forgets at most this one connection. */
  epochUsed(id: string, epoch: number): void {
    const device = this.parts.state.device(id);
    if (device === undefined || epoch <= device.epoch) return;
    this.touch({ ...device, epoch, lastSeenAt: this.parts.clock.now() });
  }

  /** The device is connected now. Written down once a minute at most. */
  seen(id: string): void {
    const device = this.parts.state.device(id);
    const now = this.parts.clock.now();
    if (device === undefined || now - (device.lastSeenAt ?? 0) < seenEveryMs) return;
    this.touch({ ...device, lastSeenAt: now });
  }

  async update(
    id: string,
    changes: { readonly name?: string; readonly trust?: NodeTrust },
  ): Promise<MemberDevice> {
    const device = { ...this.require(id), ...changes };
    await this.parts.store.updateDevice(device);
    this.parts.state.apply({ kind: 'device', device: { ...this.require(id), ...changes } });
    const membership = this.describe(device);
    this.parts.news.membershipChanged(membership);
    return membership;
  }

  /** Ends one membership at once: its link is refused, running answers go on elsewhere. */
  async revoke(id: string): Promise<void> {
    const device = this.require(id);
    const at = this.parts.clock.now();
    this.end([device], at);
    this.parts.news.event(device.poolId, at, {
      kind: 'machine-revoked',
      machine: device.name,
      ...this.personName(device),
    });
    await this.parts.store.revokeDevice(id, at);
  }

  /** In memory and for their links; the caller writes it down. */
  end(devices: readonly StoredDevice[], at: number): void {
    const ended = devices.map((device) => ({ ...device, revokedAt: at }));
    this.parts.state.apply(...ended.map((device) => ({ kind: 'device' as const, device })));
    for (const device of ended) {
      this.parts.news.membershipEnded(device.id, this.refusalOf(device) ?? membershipRevoked(''));
    }
  }

  /** Tells the links of a pool, or of one of its members, what they are from now on. */
  changed(poolId: string, personId?: string): void {
    for (const membership of this.ofPool(poolId)) {
      if (personId !== undefined && membership.personId !== personId) continue;
      this.parts.news.membershipChanged(membership);
    }
  }

  describe(device: StoredDevice): MemberDevice {
    const { state, gatewayName } = this.parts;
    const member = state.member(device.poolId, device.personId);
    const role = member?.role ?? 'viewer';
    return {
      membershipId: device.id,
      poolId: device.poolId,
      poolName: state.poolEver(device.poolId)?.name ?? '',
      gatewayName: gatewayName(),
      personId: device.personId,
      personName: state.person(device.personId)?.name ?? '',
      role,
      trust: device.trust,
      mayServe: device.mayServe,
      // A viewer looks: asking is what members do.
      mayAsk: device.mayAsk && role !== 'viewer',
      publicKey: device.publicKey,
      epoch: device.epoch,
      name: device.name,
      ...(device.lastSeenAt !== undefined && { lastSeenAt: device.lastSeenAt }),
    };
  }

  private refusalOf(device: StoredDevice): TunnelRefusal | undefined {
    const pool = this.parts.state.poolEver(device.poolId);
    if (pool?.endedAt !== undefined) return poolStopped(pool.name);
    return device.revokedAt === undefined ? undefined : membershipRevoked(pool?.name ?? '');
  }

  private require(id: string): StoredDevice {
    const device = this.parts.state.device(id);
    if (device !== undefined && this.refusalOf(device) === undefined) return device;
    throw new MillpondError('not-found', 'There is no such machine here');
  }

  private personName({ personId }: StoredDevice): { readonly person?: string } {
    const person = this.parts.state.person(personId);
    return person === undefined ? {} : { person: person.name };
  }

  private touch(device: StoredDevice): void {
    const { state, store, logger, clock } = this.parts;
    state.touch(device);
    void store
      .touchDevice(device.id, device.epoch, device.lastSeenAt ?? clock.now())
      .catch((error: unknown) => {
        logger.error({ err: error, nodeId: device.id }, 'last epoch of a machine was not stored');
      });
  }
}
