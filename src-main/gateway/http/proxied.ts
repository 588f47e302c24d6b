import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { MillpondError } from '../../core/error.ts';
import { checkIpList, isInList } from '../../platform/http/ip-list.ts';

/** How a reverse proxy stands in front of this gateway. */
export interface ProxyTerms {
  /** Addresses and networks (CIDR) that the proxy may come from; everybody else is turned away. */
  readonly trusted: readonly string[];
  /** Where the gateway lies on the proxy's site: empty, or such as `/millpond`. */
  readonly basePath: string;
  /** The header in which the proxy names who signed in with it, lower case; absent: nobody does. */
  readonly userHeader?: string;
}

/** What is known about one connection from a reverse proxy. */
export interface ProxyTrust extends ProxyTerms {
  isTrusted(address: string): boolean;
}

/** Throws `invalid-request` for what is no address, network or path. */
export function proxyTrust(terms: ProxyTerms): ProxyTrust {
  checkIpList(terms.trusted, 'trusted-proxy');
  if (terms.basePath !== '' && !/^(?:\/[\w.~-]+)+$/.test(terms.basePath)) {
    throw new MillpondError('invalid-request', `'${terms.basePath}' is no path such as /millpond`);
  }
  return {
    ...terms,
    isTrusted: (address) => isInList(terms.trusted, plainAddress(address)),
  };
}

const proxied = new WeakMap<Socket, ProxyTrust>();

/** Notes that a connection comes from a reverse proxy: a fact that no header can claim. */
export function markProxied(socket: Socket, trust: ProxyTrust): void {
  proxied.set(socket, trust);
}

export function proxyOf({ socket }: Pick<IncomingMessage, 'socket'>): ProxyTrust | undefined {
  return proxied.get(socket);
}

/** The address of whoever asks: behind a proxy the last one that the proxy itself did not add. */
export function clientAddress(request: Pick<IncomingMessage, 'socket' | 'headers'>): string {
  const own = plainAddress(request.socket.remoteAddress ?? '');
  const trust = proxyOf(request);
  if (trust === undefined) return own;
  const told = listOf(request.headers['x-forwarded-for']).map(plainAddress);
  const client = told.findLast((address) => !trust.isTrusted(address));
  return client !== undefined && isIP(client) !== 0 ? client : own;
}

/** Host and scheme as the caller's browser sees them. */
export function seenOrigin(request: Pick<IncomingMessage, 'socket' | 'headers'>): {
  readonly host: string;
  readonly scheme: 'http' | 'https';
} {
  const { headers } = request;
  if (proxyOf(request) === undefined) return { host: headers.host ?? '', scheme: 'https' };
  const [host = headers.host ?? ''] = listOf(headers['x-forwarded-host']);
  const [scheme = 'https'] = listOf(headers['x-forwarded-proto']);
  return { host, scheme: scheme === 'http' ? 'http' : 'https' };
}

/** Who signed in with the proxy; undefined where it names nobody. */
export function proxyUser(
  request: Pick<IncomingMessage, 'socket' | 'headers'>,
): string | undefined {
  const header = proxyOf(request)?.userHeader;
  const value = header === undefined ? undefined : request.headers[header];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** The address below the base path, for a proxy that leaves it in. */
export function withoutBasePath(url: string, { basePath }: ProxyTerms): string {
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '') return '/';
  return /^[/?]/.test(rest) ? rest.replace(/^\?/, '/?') : url;
}

function listOf(value: IncomingHttpHeaders[string]): readonly string[] {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
}

/** Without brackets, port and zone; an IPv4 address in its own spelling. */
function plainAddress(text: string): string {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1');
  return bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
}
