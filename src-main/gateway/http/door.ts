import type { FastifyRequest } from 'fastify';
import type { Peer } from '../sessions/login-limit.ts';

/** By which door a request came in: the loopback listeners speak plain HTTP, the public one TLS. */
export type Door = 'loopback' | 'public';

/** A fact of the connection, so that no header can claim another. */
export function doorOf(request: FastifyRequest): Door {
  const { socket } = request.raw;
  return 'encrypted' in socket && socket.encrypted === true ? 'public' : 'loopback';
}

/** Who is at the other end, for limits on guessing. */
export function peerOf(request: FastifyRequest): Peer {
  const isThisMachine = doorOf(request) === 'loopback';
  return { address: request.raw.socket.remoteAddress ?? '', isThisMachine };
}
