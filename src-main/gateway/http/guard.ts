import type { IncomingHttpHeaders } from 'node:http';
import { MillpondError } from '../../core/error.ts';

/** The ports that this server really listens on, its main one first. */
export type OwnPorts = readonly [number, ...number[]];

const localNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses what two readers could understand differently: two `Host` lines, or an address with a
 * host of its own. Throws `invalid-request`.
 */
export function refuseAmbiguousTarget(url: string, rawHeaders: readonly string[]): void {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name));
  if (url.startsWith('/') && hosts.length <= 1) return;
  throw new MillpondError('invalid-request', 'Send one Host header and an address without a host', {
    reason: 'ambiguous_target',
  });
}

/**
 * Keeps foreign web pages out. A page that made its own name point to this machine shows it in
 * `Host`; a page of another origin shows it in `Origin` or `Sec-Fetch-Site`. Throws `forbidden`.
 */
export function refuseForeignPages(
  headers: IncomingHttpHeaders,
  [port, ...otherPorts]: OwnPorts,
): void {
  const { host, origin } = headers;
  const isOwn = (address: string): boolean =>
    [port, ...otherPorts].some((each) => isLocalAddress(address, each));
  if (host === undefined || !isOwn(host)) {
    throw new MillpondError(
      'forbidden',
      `This address answers as localhost:${port.toString()} or 127.0.0.1:${port.toString()} only`,
      { reason: 'host_not_allowed' },
    );
  }
  if (origin !== undefined && !isOwnOrigin(origin, isOwn)) throw foreignOrigin();
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && origin === undefined && !isNavigation) {
    throw foreignOrigin();
  }
}

function isLocalAddress(host: string, port: number): boolean {
  return localNames.some((name) => host.toLowerCase() === `${name}:${port.toString()}`);
}

function isOwnOrigin(origin: string, isOwn: (address: string) => boolean): boolean {
  return origin.startsWith('http://') && isOwn(origin.slice('http://'.length));
}

function foreignOrigin(): MillpondError {
  return new MillpondError('forbidden', 'Web pages of other origins may not call Millpond', {
    reason: 'origin_not_allowed',
  });
}
