import { MillpondError } from '../../core/error.ts';
import type { GatewayAddress } from '../../tunnel/ports.ts';
import type { ProxyListen } from './public-door.ts';

/** A reverse proxy in front of this gateway, as whoever runs it says. */
export interface ProxyWish {
  readonly host: string;
  readonly port: number;
  /** Addresses and networks that the proxy comes from; this machine alone if empty. */
  readonly trusted: readonly string[];
  /** Where people and machines find the proxy, such as `https://ai.example.org/millpond`. */
  readonly publicUrl: string;
  /** The header in which the proxy names who signed in with it. */
  readonly userHeader?: string;
}

export interface ProxySite {
  readonly listen: ProxyListen;
  /** The proxy's name, for the `Host` of those who come through it. */
  readonly name: string;
  /** Behind whose public certificate members find this gateway. */
  readonly gateway: GatewayAddress;
  /** Without a slash at its end. */
  readonly url: string;
}

const thisMachine: readonly string[] = ['127.0.0.1', '::1'];

/** Throws `invalid-request` for an address that is no https site. */
export function proxySite(wish: ProxyWish): ProxySite {
  const { host, port, trusted, publicUrl, userHeader } = wish;
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined;
  if (url?.protocol !== 'https:' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new MillpondError(
      'invalid-request',
      `'${publicUrl}' is no address of a proxy; it looks like https://ai.example.org or https://example.org/millpond`,
      { param: 'publicUrl' },
    );
  }
  const basePath = url.pathname.replace(/\/+$/, '');
  const outside = url.port === '' ? '443' : url.port;
  return {
    listen: {
      ...{ host, port, basePath },
      trusted: trusted.length > 0 ? trusted : thisMachine,
      ...(userHeader !== undefined && { userHeader: userHeader.toLowerCase() }),
    },
    name: url.hostname,
    gateway: {
      candidates: [`${url.hostname}:${outside}`],
      trust: { kind: 'webpki', host: url.hostname },
    },
    url: `${url.origin}${basePath}`,
  };
}
