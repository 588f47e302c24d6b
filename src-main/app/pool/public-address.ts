import type { ServerStatus } from '../../contract/server.ts';
import type { ProxySite } from './proxy-listen.ts';

export type PublicAddress = Required<Pick<ServerStatus, 'publicUrl' | 'publicCertificate'>>;

export interface PublicAddressParts {
  /** A reverse proxy in front: whoever it is for comes through it. */
  readonly site: Pick<ProxySite, 'url'> | undefined;
  /** The public TLS port; undefined while no pool is open. */
  readonly port: number | undefined;
  /** Host and port of each way in, the best one first. */
  readonly addresses: readonly string[];
  /** The certificate (PEM) that vouches for the public port. */
  readonly authorityPem: string;
}

/** Where tools from elsewhere ask this gateway, and who vouches for it; undefined while nobody can. */
export function publicAddressOf(parts: PublicAddressParts): PublicAddress | undefined {
  const { site, port, authorityPem } = parts;
  if (site !== undefined) {
    return { publicUrl: `${site.url}/v1`, publicCertificate: { kind: 'public' } };
  }
  const [best] = parts.addresses;
  if (port === undefined || best === undefined) return undefined;
  return {
    publicUrl: `https://${best}/v1`,
    publicCertificate: { kind: 'own', pem: authorityPem },
  };
}
