import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import type { Logger } from '../../platform/logger.ts';
import { markProxied, proxyTrust } from './proxied.ts';
import type { ProxyTerms, ProxyTrust } from './proxied.ts';

export interface ProxyPortOptions extends ProxyTerms {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The server that answers HTTP/1.1; the same one that listens on loopback. */
  readonly server: FastifyInstance['server'];
  /** Gets the connections that begin as HTTP/2 does: the tunnel, as nginx's `grpc_pass` sends it. */
  readonly onH2Socket: (socket: Socket) => void;
  readonly logger: Logger;
}

export interface ProxyPort {
  readonly port: number;
  /** Takes no new connections and ends those that are open. */
  close(): Promise<void>;
}

const maxConnections = 4096;
/** Whoever says nothing for so long is no proxy. */
const firstBytesWithinMs = 10_000;
/** `PRI * HTTP/2.0`: no method of HTTP/1.1 begins like that. */
const prefaceStart = Buffer.from('PRI');

/**
 * The one plain port: for a reverse proxy that has ended the TLS of strangers. HTTP/1.1 and HTTP/2 are
 * told apart by their first bytes. Connections from anywhere else than the proxy are ended unread, and
 * everybody behind it is a stranger from the network. Rejects with `conflict` when the port is taken.
 */
export async function openProxyPort(options: ProxyPortOptions): Promise<ProxyPort> {
  const trust = proxyTrust(options);
  const open = new Set<Socket>();
  const listening = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // Whoever takes it over listens too; until then a reset must not end the process.
    socket.on('error', () => {
      socket.destroy();
    });
    welcome(socket, trust, options);
  });
  listening.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    listening.once('error', (error) => {
      reject(refusedPort(error, options.port));
    });
    listening.listen({ host: options.host, port: options.port }, resolve);
  });
  const address = listening.address();
  if (address === null || typeof address === 'string') {
    throw new MillpondError('internal', 'The port for the proxy listens on no port');
  }
  return {
    port: address.port,
    close: () => {
      const closed = new Promise<void>((resolve) =>
        listening.close(() => {
          resolve();
        }),
      );
      for (const socket of open) socket.destroy();
      return closed;
    },
  };
}

function welcome(socket: Socket, trust: ProxyTrust, options: ProxyPortOptions): void {
  const { server, onH2Socket, logger } = options;
  const { remoteAddress = '' } = socket;
  if (!trust.isTrusted(remoteAddress)) {
    logger.warn({ address: remoteAddress }, 'somebody else than the proxy came to its port');
    socket.destroy();
    return;
  }
  markProxied(socket, trust);
  socket.setTimeout(firstBytesWithinMs, () => {
    socket.destroy();
  });
  readStart(socket, (start) => {
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    if (start.equals(prefaceStart)) {
      // An HTTP/2 session takes over what was put back by itself.
      onH2Socket(socket);
      return;
    }
    server.emit('connection', socket);
    socket.resume();
  });
}

/** Looks at the first bytes and puts them back, for whoever reads on from the beginning. */
function readStart(socket: Socket, then: (start: Buffer) => void): void {
  const onData = (piece: Buffer): void => {
    socket.pause();
    socket.unshift(piece);
    if (piece.length < prefaceStart.length) {
      // Less than a word came: look again once more of it is there.
      setImmediate(() => socket.resume());
      return;
    }
    socket.off('data', onData);
    then(piece.subarray(0, prefaceStart.length));
  };
  socket.on('data', onData);
}

function refusedPort(error: Error, port: number): MillpondError {
  const isTaken = 'code' in error && error.code === 'EADDRINUSE';
  const sentence = isTaken
    ? `Port ${port.toString()} is in use by another program; choose another one for the proxy`
    : `Port ${port.toString()} cannot be opened for the proxy`;
  return new MillpondError(isTaken ? 'conflict' : 'unavailable', sentence, { cause: error });
}
