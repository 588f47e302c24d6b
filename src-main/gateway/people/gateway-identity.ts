import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import { createAuthority, spkiHash } from '../../platform/tls/authority.ts';
import type { Authority } from '../../platform/tls/authority.ts';
import type { GatewayIdentityStore, Secrets } from './ports.ts';

/** Who this gateway is, for as long as it exists. */
export interface GatewayIdentity {
  /** In hop lists, against loops. */
  readonly gatewayId: string;
  /** Signs the certificates of the public port. */
  readonly authority: Authority;
  /** What invites pin. */
  readonly spki: string;
}

interface IdentityDeps {
  readonly store: GatewayIdentityStore;
  /** Where the authority's private key lies. */
  readonly secrets: Secrets;
  readonly clock: Pick<Clock, 'now'>;
}

const keySecret = 'gateway-authority-key';

/**
 * Reads the identity, or makes it the first time. Rejects with `unavailable` when its private key is
 * gone: making another one silently would lock out everybody who pinned the first.
 */
export async function openGatewayIdentity({
  store,
  secrets,
  clock,
}: IdentityDeps): Promise<GatewayIdentity> {
  const known = await store.read();
  if (known === undefined) return makeIdentity({ store, secrets, clock });
  const keyPem = await secrets.read(keySecret);
  if (keyPem === undefined) {
    throw new MillpondError(
      'unavailable',
      "The private key of this gateway's certificate is missing from the secret store: bring back secret.key and secrets.json of this data folder from a backup",
      { reason: 'authority-key-missing' },
    );
  }
  return describe(known.gatewayId, { certPem: known.certificate, keyPem });
}

async function makeIdentity({ store, secrets, clock }: IdentityDeps): Promise<GatewayIdentity> {
  const authority = await createAuthority({ now: clock.now() });
  // The key first: without it the certificate would be of no use.
  await secrets.write(keySecret, authority.keyPem);
  const gatewayId = newId();
  await store.write({ gatewayId, certificate: authority.certPem, createdAt: clock.now() });
  return describe(gatewayId, authority);
}

function describe(gatewayId: string, authority: Authority): GatewayIdentity {
  return { gatewayId, authority, spki: spkiHash(authority.certPem) };
}
