import { MillpondError } from '../../core/error.ts';
import type { NodeTrust, PoolRole } from '../../core/node.ts';
import type { Membership, Refusal } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { MembershipGrant, RefusalReason } from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';
import { plainText } from '../wire/plain-text.ts';
import { protocolError } from '../wire/protocol.ts';

const longestName = 100;
const longestSentence = 500;
const longestId = 100;

const roles: readonly PoolRole[] = ['owner', 'admin', 'member', 'viewer'];
const trusts: readonly NodeTrust[] = ['own', 'trusted', 'guest'];
const reasons: readonly RefusalReason[] = [
  'invalid-invite',
  'invite-expired',
  'invite-used-up',
  'invite-revoked',
  'membership-revoked',
  'unknown-member',
  'bad-signature',
  'stale-epoch',
  'version-too-old',
  'version-too-new',
  'declined',
  'pool-stopped',
];

/** A membership as a gateway tells it. What this version does not know counts as the least. */
export function readMembership(membership: Membership): MembershipGrant {
  const { membershipId, poolId } = membership;
  if ([membershipId, poolId].some((id) => id === '' || id.length > longestId)) {
    throw protocolError('a membership without an id');
  }
  return {
    membershipId,
    poolId,
    poolName: plainText(membership.poolName, longestName),
    gatewayName: plainText(membership.gatewayName, longestName),
    personName: plainText(membership.personName, longestName),
    role: roles.find((role) => role === membership.role) ?? 'viewer',
    trust: trusts.find((trust) => trust === membership.trust) ?? 'guest',
    mayServe: membership.mayServe,
    mayAsk: membership.mayAsk,
  };
}

/** A final no of the gateway, with its sentence. */
export function readRefusal({ reason, message }: Refusal): TunnelRefusal {
  const sentence = plainText(message, longestSentence);
  return new TunnelRefusal(
    reasons.find((known) => known === reason) ?? 'declined',
    sentence === '' ? 'The gateway refused without saying why; ask its owner' : sentence,
  );
}

/** What joining fails with: a final no becomes `forbidden` with its reason and sentence. */
export function joinFailure(thrown: unknown): MillpondError {
  if (!(thrown instanceof TunnelRefusal)) return MillpondError.from(thrown);
  return new MillpondError('forbidden', thrown.message, { reason: thrown.reason, cause: thrown });
}
