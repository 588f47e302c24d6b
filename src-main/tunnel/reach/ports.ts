/** One address of this machine's network cards. */
export interface OwnAddress {
  /** The card's name, such as `eth0` or `tailscale0`. */
  readonly card: string;
  readonly address: string;
  readonly mac: string;
  /** IPv6 that the system replaces soon: no use in an invite that lives for days. */
  readonly isTemporary?: boolean;
}

/** What a router said when it was asked for a port. */
export type RouterAnswer =
  | { readonly kind: 'silent' }
  | {
      readonly kind: 'answered';
      /** Its own address on the other side, where it tells. */
      readonly externalAddress?: string;
      /** Leads to the port that was asked for; absent when the router refused. */
      readonly mapping?: { readonly host: string; readonly port: number };
    };

/** Asks the router of this network for a way in. */
export interface PortMapper {
  /**
   * Opens the port for a bounded time, or keeps it open. Never rejects because of a router: who does
   * not answer is `silent`. Rejects when the signal aborts.
   */
  open(port: number, signal: AbortSignal): Promise<RouterAnswer>;
  /** Takes back what `open` got. */
  close(signal: AbortSignal): Promise<void>;
}

export interface ReachSettings {
  /** The owner's own host name or address, with or without a port; empty: none. */
  readonly publicAddress: string;
  readonly mapPort: boolean;
  /** Nothing may be sent to anybody. */
  readonly localOnly: boolean;
}

/** Somebody came in. */
export interface Arrival {
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** The host name that they dialled, where they said it. */
  readonly serverName?: string;
}

export type SeenFrom = 'this-machine' | 'this-network' | 'internet';

/** One way to this gateway, and what has actually been seen of it. */
export interface AddressCandidate {
  /** `host:port`. */
  readonly address: string;
  readonly kind: 'own' | 'overlay' | 'ipv6' | 'mapped' | 'lan' | 'loopback';
  /** - `seen` somebody came in this way · `open` likely · `unknown` · `closed` known not to work from outside */
  readonly verdict: 'seen' | 'open' | 'unknown' | 'closed';
  readonly seenFrom?: SeenFrom;
  /** Epoch milliseconds. */
  readonly seenAt?: number;
}

/**
 * - `internet` seen or very likely · `network` only from this network · `carrier-nat` the provider
 *   shares one address among many · `unknown` nobody has looked
 */
export type ReachVerdict = 'internet' | 'network' | 'carrier-nat' | 'unknown';
