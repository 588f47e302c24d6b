import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { MillpondError } from '../../core/error.ts';

/** The ports that this server really listens on, its main one first. */
export type OwnPorts = readonly [number, ...number[]];

const localNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses what two readers could understand differently: two `Host` lines, or an address with a
 * host of its own. Throws `invalid-request`.
 */
export function refuseAmbiguousTarget(url: string, rawHeaders: readonly string[]): void {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'host') hosts += 1;
  }
  if (url.startsWith('/') && hosts <= 1) return;
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
  refuseForeignSites(headers);
}

/**
 * The same at the public door, whose port may be another one on its way here. Addresses may always be
 * named: a page can make its own name lead here, but never be one of our addresses. Throws `forbidden`.
 */
export function refuseForeignNames(
  headers: IncomingHttpHeaders,
  { host, scheme }: { readonly host: string; readonly scheme: 'http' | 'https' },
  ownNames: readonly string[],
): void {
  const { origin } = headers;
  const name = hostNameOf(host);
  const isOwn = isIP(name) !== 0 || name === 'localhost' || ownNames.includes(name);
  if (!isOwn) {
    throw new MillpondError(
      'forbidden',
      'This gateway does not go by that name; its owner can add it as its address on the Pool page',
      { reason: 'host_not_allowed' },
    );
  }
  if (origin !== undefined && origin.toLowerCase() !== `${scheme}://${host.toLowerCase()}`) {
    throw foreignOrigin();
  }
  refuseForeignSites(headers);
}

/** In lower case, without port and brackets. */
function hostNameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1];
  return (bracketed ?? host.replace(/:\d+$/, '')).toLowerCase();
}

/** A link may lead here from anywhere; a page elsewhere may not make this browser ask. */
function refuseForeignSites(headers: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate';
  const isElsewhere = site === 'cross-site' || site === 'same-site';
  if (isElsewhere && headers.origin === undefined && !isNavigation) throw foreignOrigin();
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
