import type { MillpondError } from '../../../../src-main/core/error.ts';

/** Why a pool says no, or cannot be asked. Each has its own sentences below `join.refusal`. */
const refusals = [
  ...(['invalid-invite', 'invite-expired', 'invite-used-up', 'invite-revoked'] as const),
  ...(['membership-revoked', 'unknown-member', 'bad-signature', 'stale-epoch'] as const),
  ...(['version-too-old', 'version-too-new', 'declined', 'pool-stopped'] as const),
  ...(['wrong-gateway', 'gateway-unreachable', 'offline', 'local-only'] as const),
] as const;
export type Refusal = (typeof refusals)[number];

/**
 * The refusal that a reason names; undefined for one of a newer runtime, whose own sentence is shown
 * then. `isOnline` is what the system says about its network: without one nobody can be reached.
 */
export function refusalOf(reason: string | undefined, isOnline: boolean): Refusal | undefined {
  if (reason === 'gateway-unreachable' && !isOnline) return 'offline';
  return refusals.find((name) => name === reason);
}

/** The refusal of a failed call. A link that cannot even be read keeps the runtime's own sentence. */
export function refusalOfError(error: MillpondError, isOnline: boolean): Refusal | undefined {
  return error.code === 'invalid-request' ? undefined : refusalOf(error.reason, isOnline);
}

/** Whether the same try may succeed later without anybody's help. */
export function canTryAgain(refusal: Refusal | undefined): boolean {
  return refusal === undefined || refusal === 'gateway-unreachable' || refusal === 'offline';
}
