import { createServer } from 'node:net';
import type { Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MillpondError } from '../../core/error.ts';

export interface Listener {
  readonly port: number;
  /** Takes no new connections; those that are open are the caller's to end. */
  stop(): Promise<void>;
}

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
  const second = createServer({ noDelay: true }, (socket) => {
    app.server.emit('connection', socket);
  });
  let isListening: boolean;
  try {
    isListening = await listen(second, address.port);
  } catch (error) {
    // A free port was asked for, and everybody is told the address with 127.0.0.1 in it.
    if (port !== 0) throw portTaken(error, port);
    isListening = false;
  }
  return {
    port: address.port,
    stop: () =>
      isListening
        ? new Promise((resolve) => {
            second.close(() => {
              resolve();
            });
          })
        : Promise.resolve(),
  };
}

/** False where this machine has no IPv6; rejects when the port is taken. */
function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (addressIsAbsent.includes(codeOf(error))) resolve(false);
      else reject(error);
    });
    server.listen({ host: '::1', port, ipv6Only: true }, () => {
      resolve(true);
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
