import type { FastifyRequest } from 'fastify';
import type { Peer } from '../sessions/login-limit.ts';
import { clientAddress, proxyOf, proxyUser } from './proxied.ts';

/** By which door a request came in: strangers come over TLS, ours or that of a reverse proxy. */
export type Door = 'loopback' | 'public';

/** A fact of the connection, so that no header can claim another. */
export function doorOf(request: FastifyRequest): Door {
  const { socket } = request.raw;
  if (proxyOf(request.raw) !== undefined) return 'public';
  return 'encrypted' in socket && socket.encrypted === true ? 'public' : 'loopback';
}

/** Who is at the other end, for limits on guessing. */
export function peerOf(request: FastifyRequest): Peer {
  const isThisMachine = doorOf(request) === 'loopback';
  const user = proxyUser(request.raw);
  return {
    address: clientAddress(request.raw),
    isThisMachine,
    ...(user !== undefined && { proxyUser: user }),
  };
}
