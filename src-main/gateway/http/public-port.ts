import { createSecureContext, createServer } from 'node:tls';
import type { SecureContextOptions, Server, TLSSocket } from 'node:tls';
import type { Server as NetServer, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Arrival } from '../../tunnel/reach/ports.ts';
import type { ClientHello } from './client-hello.ts';
import { createHelloFront } from './hello-front.ts';

export interface PublicPortOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Every address of this machine if absent. */
  readonly host?: string;
  /** Certificate and key as they are now, and word when there are others. */
  readonly tls: {
    current(): Pick<SecureContextOptions, 'cert' | 'key'>;
    onRotated(listener: () => void): () => void;
  };
  /** A certificate of somebody else's, for whoever comes by its name and speaks HTTP/1.1. Absent: none. */
  readonly named?: NamedCertificate;
  /** The server that answers HTTP/1.1; the same one that listens on loopback. */
  readonly server: FastifyInstance['server'];
  /** Gets the connections that speak HTTP/2 and nothing else: the tunnel. Absent: they are ended. */
  readonly onH2Socket?: (socket: TLSSocket) => void;
  /** Told of everybody whose handshake succeeded: so far they got. */
  readonly onArrival?: (arrival: Arrival) => void;
  readonly logger: Logger;
  /** For tests; 10 s if absent. */
  readonly handshakeWithinMs?: number;
}

export interface NamedCertificate {
  current(): Pick<SecureContextOptions, 'cert' | 'key'>;
  covers(serverName: string): boolean;
  onRotated(listener: () => void): () => void;
}

export interface PublicPort {
  readonly port: number;
  /** Takes no new connections and ends those that are open. */
  close(): Promise<void>;
}

const defaultHandshakeWithinMs = 10_000;
/** Connections in all, and of those the ones that have not said yet who they are. */
const maxConnections = 4096;
const maxHandshakes = 256;

/**
 * The one door for others: API, dashboard and tunnel on one TLS port. A client that offers HTTP/1.1
 * gets it, browsers included; HTTP/2 is for those who offer nothing else, which is gRPC. Rejects with
 * `conflict` when another program holds the port.
 */
export async function openPublicPort(options: PublicPortOptions): Promise<PublicPort> {
  const { logger } = options;
  const { door, greeters, stopFollowing } = createDoor(options);
  door.maxConnections = maxConnections;
  const open = trackSockets(door, greeters);
  try {
    await listen(door, options);
  } catch (error) {
    stopFollowing();
    throw error;
  }
  door.on('error', (error: Error) => {
    logger.error({ err: error }, 'the public port failed');
  });
  return {
    port: portOf(door),
    close: () => {
      stopFollowing();
      const closed = new Promise<void>((resolve) => door.close(() => resolve()));
      for (const socket of open) socket.destroy();
      return closed;
    },
  };
}

/** Throws `invalid-request` for what TLS here refuses, such as a key that is too short. */
export function checkUsable({ cert, key }: Pick<SecureContextOptions, 'cert' | 'key'>): void {
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new MillpondError('invalid-request', 'The certificate is too weak for TLS, or damaged', {
      ...{ cause, reason: 'certificate-file' },
    });
  }
}

interface Door {
  /** What listens. */
  readonly door: NetServer;
  /** Who shakes hands: the door itself, or one for each certificate behind it. */
  readonly greeters: readonly Server[];
  readonly stopFollowing: () => void;
}

function createDoor(options: PublicPortOptions): Door {
  const { tls, named, handshakeWithinMs: withinMs = defaultHandshakeWithinMs } = options;
  const own = createGreeter(tls, options);
  if (named === undefined) {
    return { door: own.server, greeters: [own.server], stopFollowing: own.stopFollowing };
  }
  const other = createGreeter(named, options);
  const door = createHelloFront({
    withinMs,
    choose: (hello) => (isForNamed(hello, named) ? other.server : own.server),
  });
  return {
    ...{ door, greeters: [own.server, other.server] },
    stopFollowing: () => {
      own.stopFollowing();
      other.stopFollowing();
    },
  };
}

/** The tunnel, which offers nothing but HTTP/2, knows this gateway by its own authority, under every name. */
function isForNamed(hello: ClientHello | 'unknown', named: NamedCertificate): boolean {
  if (hello === 'unknown' || hello.serverName === undefined) return false;
  const { protocols, serverName } = hello;
  const isTunnel = protocols.length > 0 && !protocols.includes('http/1.1');
  return !isTunnel && named.covers(serverName);
}

function createGreeter(tls: PublicPortOptions['tls'], options: PublicPortOptions) {
  const server: Server = createServer({
    ...tls.current(),
    minVersion: 'TLSv1.2',
    handshakeTimeout: options.handshakeWithinMs ?? defaultHandshakeWithinMs,
    noDelay: true,
    ALPNCallback: chooseProtocol,
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    handOn(socket, options);
  });
  // Node only reports a failed or endless handshake: ending it is left to us.
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    options.logger.debug({ err: error }, 'a stranger failed at the handshake');
    socket.destroy();
  });
  const stopFollowing = tls.onRotated(() => {
    server.setSecureContext(tls.current());
  });
  return { server, stopFollowing };
}

/** Whoever offers no protocol at all speaks HTTP/1.1. */
function chooseProtocol({ protocols }: { readonly protocols: readonly string[] }) {
  if (protocols.includes('http/1.1')) return 'http/1.1';
  return protocols.includes('h2') ? 'h2' : undefined;
}

function handOn(socket: TLSSocket, { server, onH2Socket, onArrival }: PublicPortOptions): void {
  // Whoever takes it over listens too; until then a reset must not end the process.
  socket.on('error', () => {
    socket.destroy();
  });
  onArrival?.(arrivalOf(socket));
  if (socket.alpnProtocol !== 'h2') server.emit('connection', socket);
  else if (onH2Socket === undefined) socket.destroy();
  else onH2Socket(socket);
}

function arrivalOf({ remoteAddress = '', localAddress = '', servername }: TLSSocket): Arrival {
  const isNamed = typeof servername === 'string' && servername !== '';
  return { remoteAddress, localAddress, ...(isNamed && { serverName: servername }) };
}

/** Keeps what is open, and ends newcomers while too many are still shaking hands. */
function trackSockets(door: NetServer, greeters: readonly Server[]): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  const shaking = new Set<string>();
  door.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    if (shaking.size >= maxHandshakes) {
      socket.destroy();
      return;
    }
    open.add(socket);
    shaking.add(peer);
    socket.once('close', () => {
      open.delete(socket);
      shaking.delete(peer);
    });
  });
  for (const greeter of greeters) {
    greeter.on('secureConnection', (socket: TLSSocket) => shaking.delete(peerOf(socket)));
  }
  return open;
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort?.toString() ?? ''}`;
}

function listen(door: NetServer, { port, host }: PublicPortOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    door.once('error', (error: Error) => {
      reject(refusedPort(error, port));
    });
    door.listen({ port, ...(host !== undefined && { host }) }, () => {
      door.removeAllListeners('error');
      resolve();
    });
  });
}

function refusedPort(error: Error, port: number): MillpondError {
  const number = port.toString();
  switch ('code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return new MillpondError(
        'conflict',
        `Port ${number} is in use by another program; choose another one for pools`,
        { cause: error, reason: 'port-in-use' },
      );
    case 'EACCES':
      return new MillpondError(
        'forbidden',
        `This system does not let Millpond open port ${number}; choose one above 1023 for pools`,
        { cause: error, reason: 'port-not-allowed' },
      );
    default:
      return new MillpondError('unavailable', `Port ${number} cannot be opened for pools`, {
        cause: error,
      });
  }
}

function portOf(door: NetServer): number {
  const address = door.address();
  if (address !== null && typeof address !== 'string') return address.port;
  throw new MillpondError('internal', 'The public port listens on no port');
}
