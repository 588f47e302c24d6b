import { createSocket } from 'node:dgram';
import type { HttpClient } from '../../core/http.ts';
import type { Logger } from '../../platform/logger.ts';
import { mapByNatPmp, unmapByNatPmp } from './nat-pmp.ts';
import type { NatPmpRouter } from './nat-pmp.ts';
import type { PortMapper, RouterAnswer } from './ports.ts';
import { findRouters, ssdpGroup } from './ssdp.ts';
import { describeRouter, mapByUpnp, unmapByUpnp } from './upnp.ts';
import type { RouterControl } from './upnp.ts';

/** Twice the time between looks, so that one missed look loses nothing. */
const leaseSeconds = 3600;

export interface RouterMapperDeps {
  readonly http: HttpClient;
  readonly logger: Logger;
  /** The router that leads out of this network; undefined where none is known. */
  readonly defaultRouter: (signal: AbortSignal) => Promise<string | undefined>;
  /** Asked before anything is sent to a host. Throws while *Local only* is on. */
  readonly admit: (host: string) => void;
  /** For tests: other ports than the usual ones. */
  readonly natPmpPort?: number;
  readonly ssdp?: { readonly host: string; readonly port: number };
}

/**
 * Asks the router by NAT-PMP, which is one datagram, and by UPnP where it does not speak that. Own code
 * of few lines for each: the usual package knows neither routers of the first UPnP edition nor how to
 * take a mapping back, and it goes around the register of outgoing connections.
 */
export function createRouterMapper(deps: RouterMapperDeps): PortMapper {
  let takeBack: ((signal: AbortSignal) => Promise<void>) | undefined;
  const remember = (answer: RouterAnswer, undo: (signal: AbortSignal) => Promise<void>): void => {
    if (answer.kind === 'answered' && answer.mapping !== undefined) takeBack = undo;
  };

  async function byNatPmp(port: number, signal: AbortSignal): Promise<RouterAnswer> {
    const host = await deps.defaultRouter(signal);
    if (host === undefined) return { kind: 'silent' };
    deps.admit(host);
    const router: NatPmpRouter = {
      host,
      ...(deps.natPmpPort !== undefined && { port: deps.natPmpPort }),
    };
    const answer = await mapByNatPmp(router, port, leaseSeconds, signal);
    remember(answer, (ending) => unmapByNatPmp(router, port, ending));
    return answer;
  }

  async function byUpnp(port: number, signal: AbortSignal): Promise<RouterAnswer> {
    deps.admit((deps.ssdp ?? ssdpGroup).host);
    for await (const location of findRouters(signal, deps.ssdp)) {
      const answer = await askDevice(location, port, signal);
      if (answer.kind === 'answered') return answer;
    }
    return { kind: 'silent' };
  }

  async function askDevice(
    location: string,
    port: number,
    signal: AbortSignal,
  ): Promise<RouterAnswer> {
    const wishes = { http: deps.http, signal };
    try {
      const control = await describeRouter(location, wishes);
      if (control === undefined) return { kind: 'silent' };
      const internalHost = await addressTowards(control, signal);
      const answer = await mapByUpnp(control, { internalHost, port, leaseSeconds }, wishes);
      const outer = answer.kind === 'answered' ? answer.mapping?.port : undefined;
      if (outer !== undefined) {
        remember(answer, (ending) =>
          unmapByUpnp(control, outer, { http: deps.http, signal: ending }),
        );
      }
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      deps.logger.debug({ err: error }, 'a router did not answer as routers do');
      return { kind: 'silent' };
    }
  }

  return {
    async open(port, signal) {
      const first = await byNatPmp(port, signal);
      if (first.kind === 'answered' && first.mapping !== undefined) return first;
      const second = await byUpnp(port, signal);
      return second.kind === 'answered' ? second : first;
    },
    async close(signal) {
      const undo = takeBack;
      takeBack = undefined;
      await undo?.(signal);
    },
  };
}

/** This machine's address on the network of the router. Nothing is sent. */
function addressTowards({ url }: RouterControl, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const { hostname: host, port } = new URL(url);
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.connect(port === '' ? 80 : Number(port), host, () => {
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}
