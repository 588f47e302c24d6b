import { MillpondError } from '../../core/error.ts';
import type { PoolRole } from '../../core/node.ts';
import type { StoredPerson } from './ports.ts';
import { roleRank } from './scopes.ts';
import type { Scopes } from './scopes.ts';

/** Who may give whom how much at the gateway as a whole. `by` is the person who asks for it. */
export class AccountRanks {
  private readonly scopes: Scopes;

  constructor(scopes: Scopes) {
    this.scopes = scopes;
  }

  /** Nobody hands out as much as they have; so only the owner makes admins. Throws `forbidden`. */
  refuseGrant(role: PoolRole, by: string): void {
    if (role !== 'owner' && this.of(by) > roleRank[role]) return;
    const message =
      role === 'owner' ? 'A gateway has one owner' : `Only somebody above makes ${role}s; ask them`;
    throw new MillpondError('forbidden', message, { param: 'role', reason: 'role-needed' });
  }

  /**
   * Nobody changes, resets or removes their equals, and nobody the owner. What somebody is in a pool
   * counts too: who takes an account over takes that over. Throws `forbidden`.
   */
  refuseChange(person: StoredPerson, by: string): void {
    const theirs = this.scopes.role(person.id);
    if (theirs === 'owner') {
      throw new MillpondError('forbidden', 'The owner of a gateway stays as they are', {
        reason: 'role-needed',
      });
    }
    if (this.of(by) > (theirs === undefined ? -1 : roleRank[theirs])) return;
    throw new MillpondError('forbidden', `Only the owner can change “${person.name}”; ask them`, {
      reason: 'role-needed',
    });
  }

  /** Members have no say over others. */
  private of(personId: string): number {
    const role = this.scopes.gatewayRole(personId);
    return role === 'owner' || role === 'admin' ? roleRank[role] : -1;
  }
}
