import { EventEmitter } from 'node:events';
import { Bonjour } from 'bonjour-service';
import type { Service } from 'bonjour-service';

/** A service as the network tells of it; every field was written by a stranger. */
export interface FoundService {
  /** TXT records by name. */
  readonly text: unknown;
  readonly port: number;
  /** The sender's own address first, then those that it names. */
  readonly addresses: readonly string[];
}

export interface MdnsDeps {
  readonly onFound: (service: FoundService) => void;
  /** Somebody said goodbye. */
  readonly onLost: (service: FoundService) => void;
  /** The socket is of no use any more; `close` it and open another later. */
  readonly onFailed: (error: Error) => void;
}

/** Multicast DNS over one socket. */
export interface Mdns {
  /** Asks the network anew; answers come through `onFound`. */
  browse(): void;
  announce(service: {
    readonly name: string;
    readonly port: number;
    readonly text: Readonly<Record<string, string>>;
  }): void;
  /** Says goodbye for what was announced. */
  withdraw(): Promise<void>;
  close(): Promise<void>;
}

/** For tests: one network card, another port than 5353. */
export interface MdnsNetwork {
  readonly interface?: string;
  readonly bind?: string;
  readonly port?: number;
}

const type = 'millpond';
/** More services than that in one round are an attack on the memory. */
const mostServices = 200;

export function openMdns({ onFound, onLost, onFailed }: MdnsDeps, network: MdnsNetwork = {}): Mdns {
  const bonjour = new Bonjour({ ...network }, onFailed);
  hearFailures(bonjour, onFailed);
  let browser: ReturnType<Bonjour['find']> | undefined;
  let heard = 0;
  const found = (service: Service): void => {
    heard += 1;
    if (heard > mostServices) browser?.stop();
    onFound(readService(service));
  };
  return {
    browse() {
      // A browser tells of each service once; a new one tells who is still there.
      browser?.stop();
      heard = 0;
      browser = bonjour.find({ type }, found);
      browser.on('txt-update', found);
      browser.on('srv-update', found);
      browser.on('down', (service) => {
        onLost(readService(service));
      });
    },
    announce({ name, port, text }) {
      bonjour.publish({
        ...{ name, type, port },
        txt: { ...text },
        // Of the name, not of the computer: a host name may be no valid label.
        host: `${name}.local`,
        // The name holds a part of a hash; asking whether it is taken would only take time.
        probe: false,
      });
    },
    withdraw: () =>
      new Promise((resolve) => {
        bonjour.unpublishAll(() => {
          resolve();
        });
      }),
    close: () =>
      new Promise((resolve) => {
        browser?.stop();
        bonjour.destroy(() => {
          resolve();
        });
      }),
  };
}

function readService({ port, addresses = [], referer, ...service }: Service): FoundService {
  const text: unknown = service.txt;
  return { text, port, addresses: [...(referer ? [referer.address] : []), ...addresses] };
}

/** The package keeps its socket's errors to itself, where nobody hears them they end the process. */
function hearFailures(bonjour: Bonjour, onFailed: (error: Error) => void): void {
  const server: unknown = Reflect.get(bonjour, 'server');
  const mdns: unknown = typeof server === 'object' && server ? Reflect.get(server, 'mdns') : server;
  if (mdns instanceof EventEmitter) mdns.on('error', onFailed);
}
