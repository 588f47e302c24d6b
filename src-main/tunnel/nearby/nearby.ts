import { isIP } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { NearbyOffer } from '../ports.ts';
import { hostAndPort, plainAddress, scopeOf } from '../reach/address-scope.ts';
import { formatAnnouncement, parseAnnouncement } from './offer-text.ts';
import type { Announcement } from './offer-text.ts';
import type { FoundService, Mdns, MdnsDeps } from './mdns.ts';

export interface NearbyDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly openMdns: (deps: MdnsDeps) => Mdns;
  /** What to say of this gateway; undefined while it keeps silent. */
  readonly announcement: () => (Announcement & { readonly port: number }) | undefined;
  /** The owner wants to see what others offer. */
  readonly mayFind: () => boolean;
  /** Of this gateway: it is not offered to itself. */
  readonly ownSpki: string;
}

/** Networks with more pools than that have better ways to hand out invites. */
const mostOffers = 20;
const mostAddresses = 4;
const askEveryMs = 60_000;
/** Three questions without an answer. */
const forgetAfterMs = 3 * askEveryMs + 5000;

interface Heard {
  readonly offer: NearbyOffer;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Offers this gateway on its network and lists those of others. */
export class Nearby {
  private readonly deps: NearbyDeps;
  private readonly heard = new Map<string, Heard>();
  private readonly listeners = new Set<() => void>();
  private mdns: Mdns | undefined;
  private announced = '';
  private cancelRound: () => void = () => {};
  /** Opening and closing happen one after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(deps: NearbyDeps) {
    this.deps = deps;
  }

  list(): readonly NearbyOffer[] {
    return [...this.heard.values()].map(({ offer }) => offer);
  }

  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Does what settings and pools want now; call it whenever they changed. Never rejects. */
  refresh(): Promise<void> {
    return this.inTurn(() => this.follow());
  }

  /** The machine is on another network: what was heard on the old one is gone. */
  networkChanged(): Promise<void> {
    return this.inTurn(async () => {
      await this.closeSocket();
      this.forget(() => true);
      await this.follow();
    });
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.closeSocket());
  }

  private async follow(): Promise<void> {
    const announcement = this.deps.announcement();
    const mayFind = this.deps.mayFind();
    if (!mayFind) this.forget(() => true);
    if (announcement === undefined && !mayFind) {
      await this.closeSocket();
      return;
    }
    this.mdns ??= this.deps.openMdns({
      onFound: (service) => {
        this.found(service);
      },
      onLost: ({ text }) => {
        const gone = parseAnnouncement(text)?.spki;
        this.forget(({ offer }) => offer.id === gone);
      },
      onFailed: (error) => {
        this.deps.logger.debug({ err: error }, 'this network is not listened to');
        void this.stop();
      },
    });
    await this.say(this.mdns, announcement);
    if (mayFind) this.round();
  }

  private async say(mdns: Mdns, announcement: ReturnType<NearbyDeps['announcement']>) {
    const said = announcement === undefined ? '' : JSON.stringify(announcement);
    if (said === this.announced) return;
    if (this.announced !== '') await mdns.withdraw();
    this.announced = said;
    if (announcement === undefined) return;
    const { port, spki } = announcement;
    const name = `millpond-${spki.replaceAll(/[^a-z\d]/gi, '').slice(0, 12)}`;
    mdns.announce({ name, port, text: formatAnnouncement(announcement) });
  }

  /** Asks the network, and forgets who did not answer for a while. */
  private round(): void {
    this.cancelRound();
    this.mdns?.browse();
    const { clock } = this.deps;
    this.forget(({ at }) => clock.now() - at > forgetAfterMs);
    this.cancelRound = clock.after(askEveryMs, () => {
      if (this.mdns !== undefined && this.deps.mayFind()) this.round();
    });
  }

  private found(service: FoundService): void {
    const offer = this.offerOf(service);
    if (offer === undefined) return;
    const known = this.heard.get(offer.id);
    if (known === undefined && this.heard.size >= mostOffers) return;
    this.heard.set(offer.id, { offer, at: this.deps.clock.now() });
    if (JSON.stringify(known?.offer) !== JSON.stringify(offer)) this.tell();
  }

  private offerOf({ text, port, addresses }: FoundService): NearbyOffer | undefined {
    const announcement = parseAnnouncement(text);
    const isPort = Number.isInteger(port) && port > 0 && port <= 65_535;
    if (announcement === undefined || !isPort) return undefined;
    const { spki, poolName, ownerName, gatewayName } = announcement;
    if (spki === this.deps.ownSpki || !this.deps.mayFind()) return undefined;
    const candidates = [...new Set(addresses.map(plainAddress).filter(isNear))]
      .slice(0, mostAddresses)
      .map((address) => hostAndPort(address, port));
    const [address] = candidates;
    if (address === undefined) return undefined;
    const gateway = { candidates, trust: { kind: 'pin', spki } } as const;
    return { id: spki, poolName, ownerName, gatewayName, address, gateway };
  }

  private async closeSocket(): Promise<void> {
    this.cancelRound();
    const { mdns } = this;
    this.mdns = undefined;
    if (this.announced !== '') await mdns?.withdraw();
    this.announced = '';
    await mdns?.close();
  }

  private forget(isGone: (known: Heard) => boolean): void {
    const before = this.heard.size;
    for (const [id, known] of this.heard) if (isGone(known)) this.heard.delete(id);
    if (this.heard.size !== before) this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work).catch((error: unknown) => {
      this.deps.logger.debug({ err: error }, 'pools of this network are not looked for');
    });
    return this.turn.then(() => {});
  }
}

/** A neighbour offers itself: it has no say in which hosts of the internet are dialled. */
function isNear(address: string): boolean {
  return isIP(address) !== 0 && !['global', 'link'].includes(scopeOf(address));
}
