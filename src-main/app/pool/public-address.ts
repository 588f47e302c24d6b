import type { ServerStatus } from '../../contract/server.ts';
import type { CertificatePair } from '../../platform/tls/certificate-pair.ts';
import type { ProxySite } from './proxy-listen.ts';

export type PublicAddress = Required<Pick<ServerStatus, 'publicUrl' | 'publicCertificate'>>;

export interface PublicAddressParts {
  /** A reverse proxy in front: whoever it is for comes through it. */
  readonly site: Pick<ProxySite, 'url'> | undefined;
  /** The public TLS port; undefined while no pool is open. */
  readonly port: number | undefined;
  /** Host and port of each way in, the best one first. */
  readonly addresses: readonly string[];
  /** The owner's own, which the public port shows to whoever comes by its name; absent: none. */
  readonly certificate?: Pick<CertificatePair, 'names' | 'covers'>;
  /** The certificate (PEM) that vouches for the public port. */
  readonly authorityPem: string;
}

/** Where tools from elsewhere ask this gateway, and who vouches for it; undefined while nobody can. */
export function publicAddressOf(parts: PublicAddressParts): PublicAddress | undefined {
  const { site, port, authorityPem } = parts;
  if (site !== undefined) {
    return { publicUrl: `${site.url}/v1`, publicCertificate: { kind: 'public' } };
  }
  const named = port === undefined ? undefined : namedAddress(parts, port);
  if (named !== undefined) {
    return { publicUrl: `https://${named}/v1`, publicCertificate: { kind: 'public' } };
  }
  const [best] = parts.addresses;
  if (port === undefined || best === undefined) return undefined;
  return {
    publicUrl: `https://${best}/v1`,
    publicCertificate: { kind: 'own', pem: authorityPem },
  };
}

/** Host and port under a name of the owner's certificate: the owner's own words first, then its first name. */
function namedAddress(
  { addresses, certificate }: PublicAddressParts,
  port: number,
): string | undefined {
  if (certificate === undefined) return undefined;
  const known = addresses.find((address) =>
    certificate.covers(new URL(`https://${address}`).hostname),
  );
  if (known !== undefined) return known;
  const [name] = certificate.names;
  if (name === undefined) return undefined;
  return port === 443 ? name : `${name}:${port.toString()}`;
}
