import type { LookupFunction } from 'node:net';
import type { Dispatcher, request } from 'undici';
import type { ConnectionRegister } from './connection-register.ts';
import type { LocalNames } from './local-names.ts';
import { isLoopbackHost } from './loopback.ts';
import { proxiesOf } from './proxies.ts';
import { createSocketGate } from './socket-gate.ts';

interface RoutesDeps {
  readonly register: ConnectionRegister;
  readonly localNames: LocalNames;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM of the only authority that is trusted: it stands for the name too. The public ones if absent. */
  readonly authority?: string;
  /** Nothing but the public internet is reached, and no proxy is asked to reach it. */
  readonly isPublicOnly?: boolean;
  /** What names mean; the system's answer if absent. */
  readonly resolve?: LookupFunction;
}

/** The ways out of this process: straight to a host, or over the system's proxy. */
export interface Routes {
  readonly dispatcherFor: (url: URL) => Dispatcher;
  readonly send: typeof request;
  /** Ends every connection that leads elsewhere. */
  cut(): void;
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;

/** Rejects with `invalid-request` when the environment names a proxy that is none. */
export async function openRoutes(deps: RoutesDeps): Promise<Routes> {
  const { register, localNames, authority, isPublicOnly = false } = deps;
  // A proxy would resolve the name by itself, and may stand inside a network that is closed to strangers.
  const proxies = isPublicOnly ? undefined : proxiesOf(deps.env);
  const pin = authority === undefined ? {} : pinnedTo(authority);
  const { Agent, EnvHttpProxyAgent, buildConnector, request: send } = await import('undici');
  const gate = createSocketGate({
    isLocalOnly: () => register.isLocalOnly,
    localNames,
    onLocated: register.located,
    isPublicOnly,
    ...(deps.resolve && { resolve: deps.resolve }),
    connectorWith: (lookup) =>
      buildConnector({ ...pin, lookup, timeout: connectTimeoutMs, allowH2: false }),
  });
  const options = {
    // Answers may pause for as long as a model loads or thinks; the caller's signal is the time limit.
    headersTimeout: 0,
    bodyTimeout: 0,
    // One request a connection at a time, so that parallel downloads are parallel connections.
    allowH2: false,
    connect: gate.connect,
  };
  const direct = new Agent(options);
  const openProxied = (): Dispatcher | undefined =>
    proxies &&
    new EnvHttpProxyAgent({
      ...{ ...options, ...proxies, connectTimeout: connectTimeoutMs },
      ...(authority !== undefined && { requestTls: pin }),
    });
  let proxied = openProxied();

  return {
    send,
    dispatcherFor(url) {
      // A proxy is elsewhere: with the door closed only what can be reached directly is left.
      if (proxied === undefined || register.isLocalOnly || isLoopbackHost(url.host)) return direct;
      return proxied;
    },
    cut() {
      gate.cut();
      // Tunnels through the proxy are its agent's own, so all of them go with it.
      void proxied?.destroy();
      proxied = openProxied();
    },
    async close() {
      await Promise.all([direct.destroy(), proxied?.destroy()]);
    },
  };
}

/** Whoever proves that key is the one who is meant, under whatever name or address it was dialled. */
function pinnedTo(authority: string) {
  return { ca: authority, checkServerIdentity: () => undefined };
}
