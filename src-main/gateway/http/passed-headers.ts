import type { IncomingHttpHeaders } from 'node:http';

type Headers = Readonly<Record<string, string>>;

/** Belong to one connection; those that `connection` names are added. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'http2-settings',
]);

/** Carry credentials, whoever invented the name. */
const credential =
  /(?:^|-)auth(?:$|-|orization|entication)|authenticate|cookie|api[-_]?key|secret|credential|password|(?:^|-)token$|-key$/;

/** Say whose account it is, or how much is left of it. */
const account = /^openai-(?:organization|project)|organization-id$|(?:^|-)ratelimit-|user-project$/;

/** Where a request came from; nobody upstream needs to know. */
const origin =
  /^(?:forwarded|via|host|origin|referer|from|cdn-loop|client-ip|true-client-ip|x-real-ip|x-client-ip|x-original-.+|x-forwarded(?:-.+)?|x-envoy-.+|cf-.+|fly-.+|fastly-.+|tailscale-.+|sec-.+|access-control-.+)$/;

/** What the connection to the upstream decides: its own length, and an answer that can be read here. */
const ownOfRequest: ReadonlySet<string> = new Set(['content-length', 'accept-encoding', 'cookie2']);

/**
 * Would change what a browser does with this gateway's own address, or lead a client with its key to the
 * upstream.
 */
const browser =
  /^(?:access-control-.+|content-security-policy.*|cross-origin-.+|x-frame-options|x-content-type-options|referrer-policy|permissions-policy|strict-transport-security|alt-svc|nel|report-to|reporting-endpoints|clear-site-data|service-worker-allowed|sourcemap|x-sourcemap|refresh|location|content-location|link)$/;

/** What of a caller's headers goes to a provider: everything but the connection's, credentials and ours. */
export function headersForUpstream(headers: IncomingHttpHeaders): Headers {
  const named = namedByConnection(headers.connection);
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || isOfConnection(name, named) || isOurs(name)) continue;
    if (credential.test(name) || account.test(name) || origin.test(name)) continue;
    if (ownOfRequest.has(name)) continue;
    passed[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return passed;
}

/**
 * What of a provider's headers goes back to a caller: everything but the connection's, credentials, the
 * account's and what only this gateway may say. Its own request id keeps a name of its own.
 */
export function headersForCaller(headers: Headers): Headers {
  const named = namedByConnection(headers['connection']);
  const passed: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (isOfConnection(name, named) || isOurs(name)) continue;
    if (credential.test(name) || account.test(name) || browser.test(name)) continue;
    passed[name === 'x-request-id' ? 'x-upstream-request-id' : name] = value;
  }
  return passed;
}

function isOfConnection(name: string, named: ReadonlySet<string>): boolean {
  return hopByHop.has(name) || named.has(name);
}

function isOurs(name: string): boolean {
  return name.startsWith('x-millpond-');
}

function namedByConnection(connection: string | undefined): ReadonlySet<string> {
  const names = (connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => name !== ''));
}
