import type { LookupFunction } from 'node:net';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient, HttpRequest } from '../../core/http.ts';
import { brokenOff, neverConnected, unreachable } from './connection-failure.ts';
import type { ConnectionPurpose, ConnectionRegister } from './connection-register.ts';
import { countedBody } from './counted-body.ts';
import { createLocalNames } from './local-names.ts';
import type { LocalNames } from './local-names.ts';
import { isLoopbackHost } from './loopback.ts';
import { openRoutes } from './routes.ts';
import { sentBody } from './sent-body.ts';
import type { Routes } from './routes.ts';
import { DoorClosed, NotPublic } from './socket-gate.ts';

export interface HttpClientDeps {
  readonly register: ConnectionRegister;
  /** What this client's requests are listed under. */
  readonly purpose: ConnectionPurpose;
  /** Where the proxies are named; the process's own environment if absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The names of this machine; the system's own if absent. */
  readonly localNames?: LocalNames;
  /** PEM of the only authority that is trusted, in place of public ones and of names. */
  readonly authority?: string;
  /** For addresses that strangers name: only the public internet is reached. */
  readonly isPublicOnly?: boolean;
  /** What names mean; the system's answer if absent. */
  readonly resolve?: LookupFunction;
}

export interface ClosableHttpClient extends HttpClient {
  /** Ends every connection; requests under way fail. */
  close(): Promise<void>;
}

/**
 * The only place besides the tunnel that opens outgoing connections. Asks the register before each
 * request and tells it what passed. Follows no redirect: the caller decides where to go next.
 */
export function createHttpClient(deps: HttpClientDeps): ClosableHttpClient {
  const { register, purpose, env = process.env, localNames = createLocalNames(), authority } = deps;
  let opening: Promise<Routes> | undefined;
  let open: Routes | undefined;
  const stopCutting = register.onLocalOnly(() => {
    open?.cut();
  });

  // Loaded with the first request: a runtime that asks nobody saves its memory.
  const routes = async (): Promise<Routes> => {
    opening ??= openRoutes({
      ...{ register, localNames, env },
      ...(authority !== undefined && { authority }),
      ...(deps.isPublicOnly === true && { isPublicOnly: true }),
      ...(deps.resolve && { resolve: deps.resolve }),
    });
    try {
      open = await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
    return open;
  };

  return {
    async request(request) {
      const url = readUrl(request.url);
      const isLoopback = await leadsHere(url.host, register.isLocalOnly, localNames);
      const contact = register.admit({ host: url.host, isLoopback }, purpose);
      const explain = explainer({ request, host: url.host, isLoopback, register, purpose });
      const body = sentBody(request.body);
      const { dispatcherFor, send } = await routes();
      try {
        const response = await send(url, {
          dispatcher: dispatcherFor(url),
          method: request.method,
          ...(request.headers && { headers: request.headers }),
          ...(body.data !== undefined && { body: body.data }),
          ...(request.signal && { signal: request.signal }),
        });
        contact.sent(body.sentBytes());
        return {
          status: response.statusCode,
          headers: response.headers,
          body: countedBody(response.body, {
            onBytes: contact.received,
            explain: (cause) => explain(cause, brokenOff),
          }),
        };
      } catch (cause) {
        // Part of it may have left: the register never claims less than what did.
        if (!neverConnected(cause)) contact.sent(body.sentBytes());
        throw explain(cause, unreachable);
      }
    },
    async close() {
      stopCutting();
      await (await opening)?.close();
    },
  };
}

/** By name, unless the policy depends on it: then by what the name means here. */
async function leadsHere(
  host: string,
  isLocalOnly: boolean,
  localNames: LocalNames,
): Promise<boolean> {
  if (!isLocalOnly) return isLoopbackHost(host);
  return (await localNames.addressesOf(host)).length > 0;
}

interface Failing {
  readonly request: HttpRequest;
  readonly host: string;
  readonly isLoopback: boolean;
  readonly register: ConnectionRegister;
  readonly purpose: ConnectionPurpose;
}

/** Puts what ended a request into words: its caller, the closed door, or the other side. */
function explainer({ request, host, isLoopback, register, purpose }: Failing) {
  return (
    cause: unknown,
    otherSide: (host: string, cause: unknown) => MillpondError,
  ): MillpondError => {
    if (request.signal?.aborted) return MillpondError.from(request.signal.reason, 'cancelled');
    const wasCut = register.isLocalOnly && !isLoopback;
    if (wasCut || hasCause(cause, DoorClosed)) return register.cut(host, purpose);
    if (hasCause(cause, NotPublic)) return notPublic(host);
    return otherSide(host, cause);
  };
}

function hasCause(thrown: unknown, kind: typeof DoorClosed | typeof NotPublic): boolean {
  if (!(thrown instanceof Error)) return false;
  return thrown instanceof kind || hasCause(thrown.cause, kind);
}

function notPublic(host: string): MillpondError {
  return new MillpondError(
    'forbidden',
    `${host} does not lie on the public internet, so it is not asked for you`,
    { reason: 'not-public' },
  );
}

function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new MillpondError('invalid-request', `'${text.slice(0, 200)}' is not an http address`);
}
