import { MillpondError } from '../../core/error.ts';
import type { PoolRole } from '../../core/node.ts';
import type { StoredMember } from './ports.ts';
import { roleRank } from './scopes.ts';
import type { Scopes } from './scopes.ts';

/** Who may give whom how much. `by` is the person who asks for it. */
export class Ranks {
  private readonly scopes: Scopes;

  constructor(scopes: Scopes) {
    this.scopes = scopes;
  }

  /** Nobody hands out as much as they have; so only the owner makes admins. Throws `forbidden`. */
  refuseGrant(poolId: string, role: PoolRole, by: string): void {
    if (role !== 'owner' && this.of(poolId, by) > roleRank[role]) return;
    throw new MillpondError(
      'forbidden',
      role === 'owner' ? 'A pool has one owner' : 'Only the owner of the pool makes admins',
      { param: 'role' },
    );
  }

  /** Throws `forbidden` for whoever is neither an admin nor the owner of the pool. */
  refuseManaging(poolId: string, by: string): void {
    if (this.of(poolId, by) >= roleRank.admin) return;
    throw new MillpondError(
      'forbidden',
      'Only the owner and the admins of a pool say who is in it; ask them',
      { param: 'pools' },
    );
  }

  /** Nobody changes or removes their equals, and nobody the owner. Throws `forbidden`. */
  refuseChange(member: StoredMember, by: string): void {
    if (member.role === 'owner') {
      throw new MillpondError('forbidden', 'The owner of a pool stays; stop the pool instead');
    }
    if (this.of(member.poolId, by) > roleRank[member.role]) return;
    throw new MillpondError('forbidden', 'Only the owner of the pool can change its admins');
  }

  /** Devices are added to oneself, or to people of a lower rank: nobody becomes somebody above. */
  refuseSpeakingFor(poolId: string, personId: string, by: string): void {
    if (personId === by || this.of(poolId, by) > this.of(poolId, personId)) return;
    throw new MillpondError(
      'forbidden',
      'You can invite devices for yourself and for members, not for other admins or the owner',
      { param: 'personId' },
    );
  }

  private of(poolId: string, personId: string): number {
    const role = this.scopes.role(personId, poolId);
    return role === undefined ? -1 : roleRank[role];
  }
}
