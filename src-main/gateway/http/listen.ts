import { createServer } from 'node:net';
import type { Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MillpondError } from '../../core/error.ts';

export interface Listener {
  readonly port: number;
  /** Takes no new connections; those that are open are the caller's to end. */
  stop(): Promise<void>;
}

/** Where connections are handed on to; an HTTP server takes any socket as one of its own. */
type Accepting = FastifyInstance['server'];

const addressIsAbsent: readonly unknown[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/**
 * Listens on this machine's own addresses and nowhere else: 127.0.0.1, and ::1 where it exists, so
 * that `localhost` never leads to a stranger. Port 0 picks a free one. Rejects with `conflict` when
 * another program holds a port that was asked for; the app must be closed then.
 */
export async function listenOnLoopback(app: FastifyInstance, port: number): Promise<Listener> {
  try {
    await app.listen({ host: '127.0.0.1', port });
  } catch (error) {
    throw portTaken(error, port);
  }
  const address = app.server.address();
  if (address === null || typeof address === 'string') {
    throw new MillpondError('internal', 'The server listens on no port');
  }
  let second: Server | undefined;
  try {
    second = await listen(app.server, '::1', address.port);
  } catch (error) {
    // A free port was asked for, and everybody is told the address with 127.0.0.1 in it.
    if (port !== 0) throw portTaken(error, port);
  }
  return { port: address.port, stop: () => closeAll([second]) };
}

/**
 * Opens one more port of this machine's own addresses for a server that listens already. Rejects
 * with `conflict` when another program holds it on either of them; nothing is open then.
 */
export async function openSecondPort(server: Accepting, port: number): Promise<Listener> {
  const open: Server[] = [];
  try {
    for (const host of ['127.0.0.1', '::1']) {
      const listening = await listen(server, host, port);
      if (listening !== undefined) open.push(listening);
    }
  } catch (error) {
    await closeAll(open);
    throw portTaken(error, port);
  }
  return { port, stop: () => closeAll(open) };
}

/** The ports are free at once; waiting for what is connected could take as long as people like. */
function closeAll(servers: readonly (Server | undefined)[]): Promise<void> {
  for (const server of servers) server?.close();
  return Promise.resolve();
}

/** Undefined where this machine has no such address; rejects when the port is taken. */
function listen(server: Accepting, host: string, port: number): Promise<Server | undefined> {
  const listening = createServer({ noDelay: true }, (socket) => {
    server.emit('connection', socket);
  });
  return new Promise((resolve, reject) => {
    listening.once('error', (error) => {
      if (addressIsAbsent.includes(codeOf(error))) resolve(undefined);
      else reject(error);
    });
    listening.listen({ host, port, ipv6Only: true }, () => {
      resolve(listening);
    });
  });
}

function portTaken(error: unknown, port: number): MillpondError {
  if (codeOf(error) !== 'EADDRINUSE') {
    return new MillpondError('unavailable', `Port ${port.toString()} cannot be opened`, {
      cause: error,
    });
  }
  return new MillpondError(
    'conflict',
    `Port ${port.toString()} is in use by another program; choose another one`,
    { cause: error, reason: 'port-in-use' },
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
