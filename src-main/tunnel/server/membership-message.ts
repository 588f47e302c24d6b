import type { Membership } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { MembershipGrant } from '../ports.ts';

export function toMembershipMessage(grant: MembershipGrant): Membership {
  return {
    membershipId: grant.membershipId,
    poolId: grant.poolId,
    poolName: grant.poolName,
    gatewayName: grant.gatewayName,
    personName: grant.personName,
    role: grant.role,
    trust: grant.trust,
    mayServe: grant.mayServe,
    mayAsk: grant.mayAsk,
  };
}
