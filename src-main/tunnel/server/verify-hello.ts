import { isSignedBy } from '../identity/identity.ts';
import type { Hello } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { KnownMembership, TunnelGate } from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';
import { signedPayload } from '../wire/protocol.ts';
import { checkVersion } from './check-version.ts';

export interface HelloCheck {
  readonly gate: Pick<TunnelGate, 'membership'>;
  readonly nonce: Uint8Array;
  /** What this gateway may have been dialled as: its CA's SPKI hash and its verified host names. */
  readonly ownNames: readonly string[];
  /** For the chaos suite: lets an old epoch in again. */
  readonly isEpochCheckOff?: boolean;
}

/**
 * Whose hello it is. Throws a `TunnelRefusal` for anybody else: a wrong version, a membership that is
 * not there any more, a signature over another gateway or another nonce, an epoch that was used.
 */
export function verifyHello(hello: Hello, check: HelloCheck): KnownMembership {
  checkVersion(hello.protocolVersion);
  const membership = check.gate.membership(hello.membershipId);
  if (membership === undefined) {
    throw new TunnelRefusal(
      'unknown-member',
      'This gateway does not know this device any more; ask the owner for a new invite',
    );
  }
  const isOwn = check.ownNames.some((dialled) =>
    isSignedBy(
      membership.publicKey,
      signedPayload({
        dialled,
        membershipId: hello.membershipId,
        epoch: hello.epoch,
        nonce: check.nonce,
      }),
      hello.signature,
    ),
  );
  if (!isOwn) {
    throw new TunnelRefusal(
      'bad-signature',
      'The device could not prove that it is the one that joined, or it meant another gateway; leave the pool and join again with a new invite',
    );
  }
  if (hello.epoch <= membership.epoch && check.isEpochCheckOff !== true) {
    throw new TunnelRefusal(
      'stale-epoch',
      'Another copy of this device connected later, perhaps from a restored backup; leave the pool on this copy and join again',
    );
  }
  return membership;
}
