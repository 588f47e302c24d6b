import type { Socket } from 'node:net';

/** The sockets under the gRPC server, so that one connection can be ended without waiting for it. */
export interface SocketBook {
  readonly size: number;
  add(socket: Socket): void;
  /** `peer` as gRPC names it: address and port. Nothing happens when it is gone. */
  destroy(peer: string): void;
  /** Calls back once when the connection of a peer has closed. */
  onClosed(peer: string, listener: () => void): void;
  destroyAll(): void;
}

export function createSocketBook(): SocketBook {
  const sockets = new Map<string, Socket>();
  return {
    get size() {
      return sockets.size;
    },
    add(socket) {
      const peer = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`;
      sockets.set(peer, socket);
      // The HTTP/2 session reports its own failures; without a listener a reset would end the process.
      socket.on('error', () => {});
      socket.once('close', () => {
        if (sockets.get(peer) === socket) sockets.delete(peer);
      });
    },
    destroy(peer) {
      sockets.get(peer)?.destroy();
    },
    onClosed(peer, listener) {
      sockets.get(peer)?.once('close', listener);
    },
    destroyAll() {
      for (const socket of sockets.values()) socket.destroy();
    },
  };
}
