import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../../core/http.ts';
import { createConnectionRegister } from './connection-register.ts';
import type { ConnectionPurpose, ConnectionRegister } from './connection-register.ts';
import { handedOnTo } from './handed-on.ts';
import { createHttpClient } from './http-client.ts';
import type { ClosableHttpClient } from './http-client.ts';

/** Every connection that this process opens: one register, and one client for each purpose. */
export interface Outgoing {
  readonly register: ConnectionRegister;
  /** The same client each time it is asked for the same purpose. */
  client(purpose: ConnectionPurpose): HttpClient;
  /** For a server that hands requests on to `host`, which is what the door then judges. */
  clientTo(host: string, purpose: ConnectionPurpose): HttpClient;
  /** For addresses that others name: it reaches the public internet and nothing else. */
  publicClient(purpose: ConnectionPurpose): HttpClient;
  /** A client that trusts this authority (PEM) and no other. */
  pinnedClient(authority: string, purpose: ConnectionPurpose): HttpClient;
  /** Ends every connection; requests under way fail. */
  close(): Promise<void>;
}

export function createOutgoing(clock: Pick<Clock, 'now' | 'after'>): Outgoing {
  const register = createConnectionRegister(clock);
  const clients = new Map<ConnectionPurpose, ClosableHttpClient>();
  const otherClients: ClosableHttpClient[] = [];
  const client = (purpose: ConnectionPurpose): HttpClient => {
    const known = clients.get(purpose) ?? createHttpClient({ register, purpose });
    clients.set(purpose, known);
    return known;
  };
  return {
    register,
    client,
    clientTo: (host, purpose) => handedOnTo(host, { register, purpose, http: client(purpose) }),
    publicClient(purpose) {
      const client = createHttpClient({ register, purpose, isPublicOnly: true });
      otherClients.push(client);
      return client;
    },
    pinnedClient(authority, purpose) {
      const pinned = createHttpClient({ register, purpose, authority });
      otherClients.push(pinned);
      return pinned;
    },
    async close() {
      await Promise.all([...clients.values(), ...otherClients].map((client) => client.close()));
    },
  };
}
