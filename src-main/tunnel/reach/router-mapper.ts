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

/** What a router said, and how to take back what it gave. */
interface Asked {
  readonly answer: RouterAnswer;
  readonly undo?: (signal: AbortSignal) => Promise<void>;
}

const silent: Asked = { answer: { kind: 'silent' } };

/**
 * Asks the router by NAT-PMP, which is one datagram, and by UPnP where it does not speak that. Own code
 * of few lines for each: the usual package knows neither routers of the first UPnP edition nor how to
 * take a mapping back, and it goes around the register of outgoing connections.
 */
export function createRouterMapper(deps: RouterMapperDeps): PortMapper {
  let undo: Asked['undo'];
  return {
    async open(port, signal) {
      const first = await byNatPmp(deps, port, signal);
      const asked = hasMapping(first) ? first : await byUpnp(deps, port, signal);
      if (hasMapping(asked)) ({ undo } = asked);
      return asked.answer.kind === 'answered' ? asked.answer : first.answer;
    },
    async close(signal) {
      const last = undo;
      undo = undefined;
      await last?.(signal);
    },
  };
}

function hasMapping({ answer }: Asked): boolean {
  return answer.kind === 'answered' && answer.mapping !== undefined;
}

async function byNatPmp(
  { defaultRouter, admit, natPmpPort }: RouterMapperDeps,
  port: number,
  signal: AbortSignal,
): Promise<Asked> {
  const host = await defaultRouter(signal);
  if (host === undefined) return silent;
  admit(host);
  const router: NatPmpRouter = { host, ...(natPmpPort !== undefined && { port: natPmpPort }) };
  const answer = await mapByNatPmp(router, port, leaseSeconds, signal);
  return { answer, undo: (ending) => unmapByNatPmp(router, port, ending) };
}

async function byUpnp(deps: RouterMapperDeps, port: number, signal: AbortSignal): Promise<Asked> {
  deps.admit((deps.ssdp ?? ssdpGroup).host);
  for await (const location of findRouters(signal, deps.ssdp)) {
    const asked = await askDevice(deps, { location, port, signal });
    if (asked.answer.kind === 'answered') return asked;
  }
  return silent;
}

async function askDevice(
  { http, logger }: RouterMapperDeps,
  order: { readonly location: string; readonly port: number; readonly signal: AbortSignal },
): Promise<Asked> {
  const { location, port, signal } = order;
  try {
    const control = await describeRouter(location, { http, signal });
    if (control === undefined) return silent;
    const internalHost = await addressTowards(control, signal);
    const wish = { internalHost, port, leaseSeconds };
    const answer = await mapByUpnp(control, wish, { http, signal });
    const outer = answer.kind === 'answered' ? answer.mapping?.port : undefined;
    if (outer === undefined) return { answer };
    return { answer, undo: (ending) => unmapByUpnp(control, outer, { http, signal: ending }) };
  } catch (error) {
    signal.throwIfAborted();
    logger.debug({ err: error }, 'a router did not answer as routers do');
    return silent;
  }
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
