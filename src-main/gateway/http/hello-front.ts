import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { readClientHello } from './client-hello.ts';
import type { ClientHello } from './client-hello.ts';

interface HelloFrontOptions {
  /** Who shakes hands with a client that says this; `unknown` is no TLS. */
  readonly choose: (hello: ClientHello | 'unknown') => TlsServer;
  /** Whoever has not said what it wants by then is ended. */
  readonly withinMs: number;
}

/**
 * Listens for TLS, reads what a client wants before anything is answered, and gives the connection,
 * with every byte that was read, to the server that has the right certificate. OpenSSL chooses the
 * certificate before it looks at the protocols, so that nothing later could choose by both.
 */
export function createHelloFront({ choose, withinMs }: HelloFrontOptions): Server {
  return createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {
      socket.destroy();
    });
    // Not the socket's own timeout, which whoever sends a byte now and then puts off for ever.
    const late = setTimeout(() => {
      socket.destroy();
    }, withinMs);
    socket.once('close', () => {
      clearTimeout(late);
    });
    readHello(socket, (hello) => {
      clearTimeout(late);
      choose(hello).emit('connection', socket);
    });
  });
}

/** What was read is put back for whoever goes on with the socket. */
function readHello(socket: Socket, then: (hello: ClientHello | 'unknown') => void): void {
  let read = Buffer.alloc(0);
  const onData = (piece: Buffer): void => {
    read = Buffer.concat([read, piece]);
    const hello = readClientHello(read);
    if (hello === undefined) return;
    socket.off('data', onData);
    socket.pause();
    socket.unshift(read);
    then(hello);
  };
  socket.on('data', onData);
}
