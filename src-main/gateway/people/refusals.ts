import { TunnelRefusal } from '../../tunnel/refusal.ts';

// What a device is told that may not come in. One sentence each, and what to do.

export const inviteUnknown = (): TunnelRefusal =>
  new TunnelRefusal(
    'invalid-invite',
    'This gateway does not know the invite; ask the owner of the pool for a new one',
  );

export const inviteExpired = (pool: string, expiredAt: number): TunnelRefusal =>
  new TunnelRefusal(
    'invite-expired',
    `The invite to “${pool}” expired on ${dateOf(expiredAt)}; ask its owner for a new one`,
  );

export const inviteUsedUp = (pool: string): TunnelRefusal =>
  new TunnelRefusal(
    'invite-used-up',
    `The invite to “${pool}” was used as often as it allows; ask its owner for a new one`,
  );

export const inviteRevoked = (pool: string): TunnelRefusal =>
  new TunnelRefusal(
    'invite-revoked',
    `The invite to “${pool}” was withdrawn; ask its owner for a new one`,
  );

export const membershipRevoked = (pool: string): TunnelRefusal =>
  new TunnelRefusal(
    'membership-revoked',
    `This device was removed from “${pool}”; ask its owner for a new invite`,
  );

export const poolStopped = (pool: string): TunnelRefusal =>
  new TunnelRefusal(
    'pool-stopped',
    `The pool “${pool}” was stopped by its owner; leave it, or ask whether there is a new one`,
  );

export const noPool = (): TunnelRefusal =>
  new TunnelRefusal('pool-stopped', 'This gateway has no pool at the moment; ask its owner');

export const knockDeclined = (owner: string): TunnelRefusal =>
  new TunnelRefusal('declined', `${owner} did not let this device in; ask them for an invite`);

export const knockUnanswered = (owner: string): TunnelRefusal =>
  new TunnelRefusal(
    'declined',
    `${owner} did not answer within five minutes; ask again, or ask them for an invite`,
  );

export const tooManyKnocks = (): TunnelRefusal =>
  new TunnelRefusal(
    'declined',
    'Too many devices ask to be let in at the moment; try again in a few minutes',
  );

/** The day in UTC: the gateway does not know the clock that it will be read by. */
function dateOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
