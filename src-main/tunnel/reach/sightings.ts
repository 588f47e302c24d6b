import { hostAndPort, plainAddress, scopeOf, sharesNetwork } from './address-scope.ts';
import { hostOf } from './candidates.ts';
import type { KnownWay } from './candidates.ts';
import type { AddressCandidate, Arrival, OwnAddress, SeenFrom } from './ports.ts';

/** What somebody proved a week ago says little about today. */
const keepMs = 7 * 24 * 3600_000;
/** The page need not hear of every visitor. */
const tellEveryMs = 60_000;

const strongestFirst = ['internet', 'this-network', 'this-machine'] as const;

/** What is known about the network in which somebody came in. */
export interface Surrounds {
  readonly port: number;
  readonly own: readonly OwnAddress[];
  readonly ways: readonly KnownWay[];
}

/** Remembers through which addresses somebody really came in, and from where. */
export class Sightings {
  private readonly seen = new Map<string, Map<SeenFrom, number>>();
  private latestFromInternet: number | undefined;

  /** Returns whether it is news. */
  add(arrival: Arrival, surrounds: Surrounds, now: number): boolean {
    const from = origin(plainAddress(arrival.remoteAddress), surrounds);
    let isNews = false;
    if (from === 'internet') {
      isNews = !this.isInternet(now);
      this.latestFromInternet = now;
    }
    for (const address of addressesUsed(arrival, from, surrounds)) {
      const known = this.seen.get(address) ?? new Map<SeenFrom, number>();
      const last = known.get(from);
      if (last !== undefined && now - last < tellEveryMs) continue;
      known.set(from, now);
      this.seen.set(address, known);
      isNews = true;
    }
    return isNews;
  }

  isInternet(now: number): boolean {
    return this.latestFromInternet !== undefined && now - this.latestFromInternet < keepMs;
  }

  of(way: KnownWay, now: number): AddressCandidate {
    const known = this.seen.get(way.address);
    const seenFrom = strongestFirst.find((from) => now - (known?.get(from) ?? -Infinity) < keepMs);
    const seenAt = seenFrom && known?.get(seenFrom);
    if (seenFrom === undefined || seenAt === undefined) return way;
    // Who came through from next door proves nothing about the outside.
    const verdict = way.verdict === 'closed' && seenFrom !== 'internet' ? 'closed' : 'seen';
    return { ...way, verdict, seenFrom, seenAt };
  }

  /** Another network: what was seen before is not true here. */
  forget(): void {
    this.seen.clear();
    this.latestFromInternet = undefined;
  }
}

/** From how far somebody came. Who cannot be told apart from a neighbour counts as one. */
function origin(remote: string, { own, ways }: Surrounds): SeenFrom {
  if (scopeOf(remote) === 'loopback' || own.some(({ address }) => address === remote)) {
    return 'this-machine';
  }
  if (scopeOf(remote) !== 'global') return 'this-network';
  // Neighbours who dial the outer address come back from the router under that very address.
  const isReturned = ways.some(({ address }) => hostOf(address) === remote);
  const isNeighbour = own.some(
    ({ address }) => scopeOf(address) === 'global' && sharesNetwork(address, remote),
  );
  return isReturned || isNeighbour ? 'this-network' : 'internet';
}

/** Ways that the visitor must have taken; none where it cannot be told. */
function addressesUsed(
  { localAddress, serverName }: Arrival,
  from: SeenFrom,
  { port, ways }: Surrounds,
): readonly string[] {
  const local = plainAddress(localAddress);
  const named = ways.filter(
    ({ address, kind }) => kind === 'own' && hostOf(address) === serverName?.toLowerCase(),
  );
  // From outside to an address that only this network knows: a router handed it on.
  const isHandedOn = from === 'internet' && scopeOf(local) !== 'global';
  const through = isHandedOn ? handingOn(ways, named) : [hostAndPort(local, port)];
  return [...new Set([...named.map(({ address }) => address), ...through])];
}

function handingOn(ways: readonly KnownWay[], named: readonly KnownWay[]): readonly string[] {
  if (named.length > 0) return [];
  const mapped = ways.filter(({ kind }) => kind === 'mapped');
  const own = ways.filter(({ kind, verdict }) => kind === 'own' && verdict === 'unknown');
  const [only, ...others] = [...mapped, ...own];
  return only !== undefined && others.length === 0 ? [only.address] : [];
}
