import { lookup as askSystem } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { LocalNames } from './local-names.ts';
import { hostnameOf, isLoopbackAddress } from './loopback.ts';
import { isPublicAddress } from './public-addresses.ts';

interface SocketGateDeps {
  readonly isLocalOnly: () => boolean;
  readonly localNames: LocalNames;
  /** Told where each new connection led. */
  readonly onLocated: (destination: {
    readonly host: string;
    readonly isLoopback: boolean;
  }) => void;
  /** Nothing but the public internet may be reached: for addresses that strangers name. */
  readonly isPublicOnly?: boolean;
  /** What names mean; the system's answer if absent. */
  readonly resolve?: LookupFunction;
  /** Makes a connector that asks the given function what names mean. */
  readonly connectorWith: (lookup: LookupFunction) => buildConnector.connector;
}

/** Stands for a connection that *Local only* stopped; the client says it in words. */
export class DoorClosed extends Error {
  override readonly name = 'DoorClosed';
}

/** Stands for a connection to an address that a stranger must not make this machine ask. */
export class NotPublic extends Error {
  override readonly name = 'NotPublic';
}

/** Opens sockets, judges them by the address that they really lead to, and can cut them again. */
export interface SocketGate {
  readonly connect: buildConnector.connector;
  /** Ends every open connection that leads elsewhere. */
  cut(): void;
}

export function createSocketGate(deps: SocketGateDeps): SocketGate {
  const elsewhere = new Set<Socket>();
  const connect = deps.connectorWith(createLookup(deps));
  return {
    connect(options, callback) {
      const name = hostnameOf(options.hostname);
      if (deps.isLocalOnly() && isIP(name) !== 0 && !isLoopbackAddress(name)) {
        callback(new DoorClosed(), null);
        return;
      }
      if (deps.isPublicOnly === true && isIP(name) !== 0 && !isPublicAddress(name)) {
        callback(new NotPublic(), null);
        return;
      }
      connect(options, (error, socket) => {
        if (error !== null) {
          callback(error, null);
          return;
        }
        const isLoopback = isLoopbackAddress(socket.remoteAddress ?? '');
        deps.onLocated({ host: options.host ?? options.hostname, isLoopback });
        // The door may have been closed since the connection was begun.
        if (deps.isLocalOnly() && !isLoopback) {
          socket.destroy();
          callback(new DoorClosed(), null);
          return;
        }
        if (deps.isPublicOnly === true && !isPublicAddress(socket.remoteAddress ?? '')) {
          socket.destroy();
          callback(new NotPublic(), null);
          return;
        }
        if (!isLoopback) {
          elsewhere.add(socket);
          socket.once('close', () => elsewhere.delete(socket));
        }
        callback(null, socket);
      });
    },
    cut() {
      for (const socket of elsewhere) socket.destroy(new DoorClosed());
    },
  };
}

/** While the door is closed no name server is asked, and only this machine's own names mean anything. */
function createLookup(deps: SocketGateDeps): LookupFunction {
  const { isLocalOnly, localNames, resolve = askSystem } = deps;
  const ask = deps.isPublicOnly === true ? publicLookup(resolve) : resolve;
  return (hostname, options, callback) => {
    if (!isLocalOnly()) {
      ask(hostname, options, callback);
      return;
    }
    void localNames.addressesOf(hostname).then((addresses) => {
      const entries = addresses.map((address) => ({ address, family: isIP(address) }));
      const [first] = entries;
      if (first === undefined) callback(new DoorClosed(), '', 0);
      else if (options.all === true) callback(null, entries);
      else callback(null, first.address, first.family);
    });
  };
}

/** The socket goes to the very addresses that were judged: a second answer of the name is never asked for. */
function publicLookup(resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      // One that is not public among several is enough: nobody honest mixes them.
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        callback(new NotPublic(), '', 0);
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
