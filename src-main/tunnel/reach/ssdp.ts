import { createSocket } from 'node:dgram';
import { AsyncQueue } from '../../core/async/async-queue.ts';

/** Where UPnP devices listen. */
export const ssdpGroup = { host: '239.255.255.250', port: 1900 } as const;

/** Routers of the first and of the second edition. */
const wanted = [
  'urn:schemas-upnp-org:device:InternetGatewayDevice:1',
  'urn:schemas-upnp-org:device:InternetGatewayDevice:2',
] as const;
/** Seconds that devices may take to answer. */
const maxWaitSeconds = 2;
const askAgainAfterMs = 1000;
const giveUpAfterMs = 3000;
/** A network has few routers, but a hostile neighbour may answer for many. */
const mostAnswers = 8;

/**
 * Addresses of descriptions of routers on this network, as they answer. Only descriptions that lie on
 * the device that answered: nobody may send us elsewhere.
 */
export async function* findRouters(
  signal: AbortSignal,
  group: { readonly host: string; readonly port: number } = ssdpGroup,
): AsyncGenerator<string> {
  const socket = createSocket('udp4');
  const found = new AsyncQueue<string>(mostAnswers, { signal });
  const known = new Set<string>();
  const ask = (): void => {
    for (const target of wanted) socket.send(searchFor(target, group), group.port, group.host);
  };
  const timers = [0, askAgainAfterMs].map((ms) => setTimeout(ask, ms));
  timers.push(
    setTimeout(() => {
      found.end();
    }, giveUpAfterMs),
  );
  socket.on('error', () => {
    found.end();
  });
  socket.on('message', (message, { address }) => {
    const location = readLocation(message.toString('latin1'), address);
    if (location === undefined || known.has(location) || known.size >= mostAnswers) return;
    known.add(location);
    void found.push(location).catch(() => {});
  });
  try {
    yield* found;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    socket.close();
  }
}

function searchFor(
  target: string,
  { host, port }: { readonly host: string; readonly port: number },
): string {
  return [
    'M-SEARCH * HTTP/1.1',
    `HOST: ${host}:${port.toString()}`,
    'MAN: "ssdp:discover"',
    `MX: ${maxWaitSeconds.toString()}`,
    `ST: ${target}`,
    '\r\n',
  ].join('\r\n');
}

/** The `LOCATION` of an answer; undefined unless it is plain HTTP on the device that sent it. */
export function readLocation(answer: string, sender: string): string | undefined {
  if (!/^HTTP\/1\.[01] 200\b/.test(answer)) return undefined;
  const location = /^location:[ \t]*(\S{1,500})[ \t]*$/im.exec(answer)?.[1];
  if (location === undefined || !URL.canParse(location)) return undefined;
  const url = new URL(location);
  return url.protocol === 'http:' && url.hostname === sender ? url.href : undefined;
}
