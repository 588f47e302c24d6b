import type { Invite } from '../../contract/pool-people.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { NodeTrust, PoolRole } from '../../core/node.ts';
import type { Enrolment, KnownMembership } from '../../tunnel/ports.ts';
import type { TunnelRefusal } from '../../tunnel/refusal.ts';
import { hashSecret, randomSecret } from '../keys/secret.ts';
import type { Arrivals } from './arrivals.ts';
import type { PeopleParts } from './people-parts.ts';
import type { InviteRights, StoredInvite } from './ports.ts';
import type { Ranks } from './ranks.ts';
import { inviteExpired, inviteRevoked, inviteUnknown, inviteUsedUp } from './refusals.ts';

export interface InviteWish {
  readonly rights: InviteRights;
  readonly role: PoolRole;
  readonly trust: NodeTrust;
  readonly maxUses?: number | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
  /** Empty: all. */
  readonly models: readonly string[];
  /** The member whose device it lets in. */
  readonly personId?: string | undefined;
  /** The person who invites: nobody hands out as much as they have themselves. */
  readonly by: string;
}

export interface MadeInvite {
  readonly invite: Invite;
  /** The only time that it is known. */
  readonly secret: string;
}

const secretBytes = 18;
const shownCharacters = 6;
/** More than anybody can keep an eye on. */
const maxOpenInvites = 500;

/** Invites to pools: links whose secret is kept as a hash only. */
export class Invites {
  private readonly parts: PeopleParts;
  private readonly arrivals: Arrivals;
  private readonly ranks: Ranks;

  constructor(parts: PeopleParts, arrivals: Arrivals, ranks: Ranks) {
    this.parts = parts;
    this.arrivals = arrivals;
    this.ranks = ranks;
  }

  /** Newest first, also those that let nobody in any more. */
  list(poolId: string): readonly Invite[] {
    return this.parts.state
      .invitesOf(poolId)
      .toSorted((a, b) => b.createdAt - a.createdAt)
      .map((invite) => this.describe(invite));
  }

  /** Throws `not-found`. */
  poolOf(inviteId: string): string {
    return this.require(inviteId).poolId;
  }

  /** The only answer that ever holds the secret. */
  async create(poolId: string, wish: InviteWish): Promise<MadeInvite> {
    const [made] = await this.createAll(poolId, [wish]);
    if (made === undefined) throw new MillpondError('internal', 'The invite was not made');
    return made;
  }

  /** One for each wish, or none: they are written as one. */
  async createAll(poolId: string, wishes: readonly InviteWish[]): Promise<readonly MadeInvite[]> {
    const { state, store } = this.parts;
    for (const wish of wishes) this.refuseWish(poolId, wish);
    const open = this.list(poolId).filter((invite) => invite.state === 'open');
    if (open.length + wishes.length > maxOpenInvites) {
      throw new MillpondError(
        'conflict',
        `A pool has at most 500 open invites, and this one has ${open.length.toString()}; revoke some first`,
      );
    }
    const drawn = wishes.map((wish) => {
      const secret = randomSecret(secretBytes);
      return { secret, stored: this.draw(poolId, wish, secret) };
    });
    await store.insertInvites(drawn.map(({ stored }) => stored));
    return drawn.map(({ secret, stored }) => {
      state.apply({ kind: 'invite', invite: stored });
      return { invite: this.describe(stored), secret };
    });
  }

  /** Throws what `create` would, without making anything. */
  refuseWish(poolId: string, wish: InviteWish): void {
    const { state, clock } = this.parts;
    state.requirePool(poolId);
    this.ranks.refuseGrant(poolId, wish.role, wish.by);
    if (wish.expiresAt !== undefined && wish.expiresAt <= clock.now()) {
      throw invalid('An invite has to end in the future', 'expiresAt');
    }
    if (wish.personId === undefined) return;
    if (state.person(wish.personId) === undefined) {
      throw invalid('There is no such person here', 'personId');
    }
    this.ranks.refuseSpeakingFor(poolId, wish.personId, wish.by);
  }

  /** It lets nobody in from now on; whoever came in stays. */
  async revoke(id: string): Promise<void> {
    const revokedAt = this.parts.clock.now();
    const invite = { ...this.require(id), revokedAt };
    this.parts.state.apply({ kind: 'invite', invite });
    await this.parts.store.revokeInvite(id, revokedAt);
  }

  /** Those that let in devices of one person. */
  async revokeOfPerson(personId: string): Promise<void> {
    const { state } = this.parts;
    const theirs = state
      .livingPools()
      .flatMap(({ id }) => state.invitesOf(id))
      .filter((invite) => invite.personId === personId && invite.revokedAt === undefined);
    for (const { id } of theirs) await this.revoke(id);
  }

  /**
   * Uses an invite. However many come at once, no more get in than it has uses. The same key again
   * gets what it already has. Rejects with the `TunnelRefusal` that says why not.
   */
  async redeem(enrolment: Enrolment): Promise<KnownMembership> {
    const invite = this.parts.state.inviteWithHash(hashSecret(enrolment.invite));
    if (invite === undefined) throw this.refuse(inviteUnknown(), enrolment);
    const again = this.arrivals.known(invite.poolId, enrolment.publicKey);
    if (again !== undefined) return again;
    const refusal = this.refusalOf(invite);
    if (refusal !== undefined) throw this.refuse(refusal, enrolment, invite);
    const { id: inviteId, poolId, role, trust, rights, models, personId } = invite;
    const member = await this.arrivals.letIn(enrolment, {
      ...{ inviteId, poolId, role, trust, rights, models },
      ...(personId !== undefined && { personId }),
    });
    if (member === undefined) {
      // Somebody else took the last use, or it was revoked, between the look and the write.
      const latest = this.parts.state.invite(inviteId) ?? invite;
      const why = this.refusalOf(latest) ?? inviteUsedUp(this.poolName(poolId));
      throw this.refuse(why, enrolment, invite);
    }
    this.parts.news.event(poolId, this.parts.clock.now(), {
      kind: 'invite-used',
      person: member.personName,
      reason: invite.prefix,
    });
    return member;
  }

  private draw(poolId: string, wish: InviteWish, secret: string): StoredInvite {
    const { rights, role, trust, models, maxUses, expiresAt, personId } = wish;
    return {
      id: newId(),
      ...{ poolId, rights, role, trust, models },
      hash: hashSecret(secret),
      prefix: secret.slice(0, shownCharacters),
      createdAt: this.parts.clock.now(),
      uses: 0,
      ...(maxUses !== undefined && { maxUses }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(personId !== undefined && { personId }),
    };
  }

  private refusalOf(invite: StoredInvite): TunnelRefusal | undefined {
    const pool = this.poolName(invite.poolId);
    switch (this.stateOf(invite)) {
      case 'revoked':
        return inviteRevoked(pool);
      case 'expired':
        return inviteExpired(pool, invite.expiresAt ?? 0);
      case 'used-up':
        return inviteUsedUp(pool);
      case 'open':
        return undefined;
    }
  }

  /** The gateway's owner reads the same sentence as whoever stands at the door. */
  private refuse(
    refusal: TunnelRefusal,
    { deviceName, personName }: Enrolment,
    invite?: StoredInvite,
  ): TunnelRefusal {
    const { reason, message } = refusal;
    this.parts.logger.warn({ reason, message, inviteId: invite?.id }, 'an invite was refused');
    if (invite !== undefined) {
      this.parts.news.event(invite.poolId, this.parts.clock.now(), {
        kind: 'error-reported',
        machine: deviceName,
        person: personName,
        reason: message,
      });
    }
    return refusal;
  }

  private stateOf(invite: StoredInvite): Invite['state'] {
    const { revokedAt, expiresAt, maxUses, uses } = invite;
    if (revokedAt !== undefined) return 'revoked';
    if (maxUses !== undefined && uses >= maxUses) return 'used-up';
    return expiresAt !== undefined && expiresAt <= this.parts.clock.now() ? 'expired' : 'open';
  }

  private describe(invite: StoredInvite): Invite {
    const { id, poolId, prefix, createdAt, uses, role, trust, rights, models } = invite;
    return {
      ...{ id, poolId, prefix, createdAt, uses, role, trust, rights },
      models: [...models],
      state: this.stateOf(invite),
      ...(invite.expiresAt !== undefined && { expiresAt: invite.expiresAt }),
      ...(invite.maxUses !== undefined && { maxUses: invite.maxUses }),
    };
  }

  private poolName(poolId: string): string {
    return this.parts.state.poolEver(poolId)?.name ?? '';
  }

  private require(id: string): StoredInvite {
    const invite = this.parts.state.invite(id);
    if (invite === undefined) throw new MillpondError('not-found', 'There is no such invite');
    return invite;
  }
}

function invalid(message: string, param: string): MillpondError {
  return new MillpondError('invalid-request', message, { param });
}
