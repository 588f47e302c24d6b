import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';

/** A pin replaces the name check, but TLS wants a name where only an address was dialled. */
const namelessServer = 'gateway.millpond';
/** More certificates than any chain has. */
const longestChain = 8;

export interface TlsAddress {
  readonly host: string;
  readonly port: number;
}

/** Splits `host:port`; an IPv6 address stands in brackets. Undefined when it is neither. */
export function parseAddress(address: string): TlsAddress | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

/** The name that a TLS client says: the dialled host, which a pass-through in front may route by. */
export function serverNameOf(host: string): string {
  return isIP(host) === 0 ? host : namelessServer;
}

/** What a bare TLS connection showed. The connection is closed again; nothing was sent on it. */
export interface PeerChain {
  /** The server's own certificate first, its authority last. */
  readonly certificates: readonly X509Certificate[];
  readonly remoteAddress: string;
}

/**
 * Learns the certificates behind an address and hangs up without a word. `verify: 'nothing'` is for
 * pins only, where the caller compares the chain before anything else happens: no channel is ever
 * opened that way. Rejects with the socket's error or the signal's reason.
 */
export async function learnPeerChain(
  { host, port }: TlsAddress,
  options: {
    readonly serverName: string;
    readonly verify: 'nothing' | 'public';
    /** PEM, in place of the public authorities that this computer trusts. */
    readonly publicRoots?: string;
    /** What is going to be spoken there: a server may have a certificate for each. The tunnel's if absent. */
    readonly protocol?: 'h2' | 'http/1.1';
    readonly signal: AbortSignal;
  },
): Promise<PeerChain> {
  options.signal.throwIfAborted();
  const socket = connect({
    host,
    port,
    servername: options.serverName,
    ALPNProtocols: [options.protocol ?? 'h2'],
    ...trustOf(options),
  });
  const abort = (): void => {
    socket.destroy(options.signal.reason instanceof Error ? options.signal.reason : undefined);
  };
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => {
        reject(Object.assign(new Error('hung up'), { code: 'ECONNRESET' }));
      });
    });
    return { certificates: chainOf(socket), remoteAddress: socket.remoteAddress ?? '' };
  } finally {
    options.signal.removeEventListener('abort', abort);
    socket.on('error', () => {
      // It is closed on purpose; what it still has to say is of no use.
    });
    socket.destroy();
  }
}

function trustOf(options: {
  readonly verify: 'nothing' | 'public';
  readonly publicRoots?: string;
}): ConnectionOptions {
  if (options.verify === 'nothing') return { rejectUnauthorized: false };
  return options.publicRoots === undefined ? {} : { ca: options.publicRoots };
}

function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const certificates: X509Certificate[] = [];
  const seen = new Set<string>();
  let next = socket.getPeerX509Certificate();
  while (next !== undefined && certificates.length < longestChain) {
    if (seen.has(next.fingerprint256)) break;
    seen.add(next.fingerprint256);
    certificates.push(next);
    next = next.issuerCertificate;
  }
  return certificates;
}
