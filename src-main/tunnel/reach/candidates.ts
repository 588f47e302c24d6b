import { hostAndPort, isTailscale, scopeOf } from './address-scope.ts';
import type { AddressCandidate, OwnAddress, RouterAnswer } from './ports.ts';
import { digitsOf } from './system-tables.ts';

/** A way in, before it is known who came through it. */
export type KnownWay = Pick<AddressCandidate, 'address' | 'kind' | 'verdict'>;

/** More than a computer has in earnest; an invite must stay short enough for its picture. */
const mostOfAKind = 3;

/** Cards of Tailscale, ZeroTier, WireGuard and Nebula, as their installers call them. */
const overlayCard = /^(?:tailscale|zt[0-9a-z]{6,}|zerotier|feth\d|wg\d|wireguard|nebula)/i;
/** A tunnel of the system: an overlay's when its address says so. */
const tunnelCard = /^(?:utun|tun)\d/i;
/** Networks between this computer and its own containers and virtual machines: nobody else is there. */
const innerCard =
  /^(?:docker|br-|veth|virbr|vmnet|vboxnet|vethernet|lxc|lxd|cni|podman|bridge1\d\d)/i;

export function isOverlay({ card, address }: OwnAddress): boolean {
  const isTunnel = tunnelCard.test(card) && scopeOf(address) !== 'global';
  return overlayCard.test(card) || isTunnel || isTailscale(address);
}

/** An address that somebody else could dial tomorrow too. */
export function isLasting({ card, address, isTemporary }: OwnAddress): boolean {
  const isNear = ['loopback', 'link'].includes(scopeOf(address));
  return !innerCard.test(card) && isTemporary !== true && !isNear;
}

/** The provider gave this machine itself an address from the inside of its own network. */
export function isBehindCarrier(own: readonly OwnAddress[]): boolean {
  return own.some((each) => scopeOf(each.address) === 'carrier' && !isOverlay(each));
}

interface Sources {
  readonly port: number;
  readonly own: readonly OwnAddress[];
  readonly publicAddress: string;
  readonly router: RouterAnswer;
}

/** Every way in that is known, the most promising first. */
export function waysIn({ port, own, publicAddress, router }: Sources): readonly KnownWay[] {
  const usable = own.filter(isLasting);
  const overlay = usable.filter(isOverlay);
  const others = usable.filter((each) => !overlay.includes(each));
  const global = others.filter(({ address }) => scopeOf(address) === 'global');
  const at = (
    list: readonly OwnAddress[],
    kind: KnownWay['kind'],
    verdict: KnownWay['verdict'],
  ): readonly KnownWay[] =>
    list
      .slice(0, mostOfAKind)
      .map(({ address }) => ({ address: hostAndPort(address, port), kind, verdict }));
  const ways = [
    ...ownerAddress(publicAddress, port),
    // No router stands between: what is asked for on this address arrives here.
    ...at(global.filter(isIPv4), 'own', 'open'),
    ...at(overlay, 'overlay', 'unknown'),
    // Routers let no IPv6 in unless they are told to, and nothing tells whether they were.
    ...at(stableFirst(global.filter((each) => !isIPv4(each))), 'ipv6', 'unknown'),
    ...mapped(router),
    ...at(
      others.filter((each) => !global.includes(each)),
      'lan',
      'unknown',
    ),
    { address: hostAndPort('127.0.0.1', port), kind: 'loopback', verdict: 'open' },
  ] as const;
  return ways.filter(
    ({ address }, index) => ways.findIndex((each) => each.address === address) === index,
  );
}

/** The host of an address that may carry a port. */
export function hostOf(address: string): string {
  return address
    .trim()
    .replace(/^([^:]+|\[.*\]):\d+$/, '$1')
    .replace(/^\[(.*)\]$/, '$1');
}

function ownerAddress(publicAddress: string, port: number): readonly KnownWay[] {
  const text = publicAddress.trim();
  if (text === '') return [];
  const host = hostOf(text);
  const isBare = host === text || `[${host}]` === text;
  return [{ address: isBare ? hostAndPort(host, port) : text, kind: 'own', verdict: 'unknown' }];
}

/** The router's word is a reason to think that it works only where its own address is everybody's. */
function mapped(router: RouterAnswer): readonly KnownWay[] {
  if (router.kind === 'silent' || router.mapping === undefined) return [];
  const { host, port } = router.mapping;
  const verdict = scopeOf(host) === 'global' ? 'open' : 'closed';
  return [{ address: hostAndPort(host, port), kind: 'mapped', verdict }];
}

const isIPv4 = ({ address }: OwnAddress): boolean => !address.includes(':');

/** An address made from the card's own number stays for as long as the network does. */
function stableFirst(list: readonly OwnAddress[]): readonly OwnAddress[] {
  const isStable = ({ address, mac }: OwnAddress): boolean => {
    const digits = mac.replaceAll(':', '');
    const tail = `${digits.slice(2, 6)}fffe${digits.slice(6)}`;
    return digitsOf(address).endsWith(tail);
  };
  return list.toSorted((a, b) => Number(isStable(b)) - Number(isStable(a)));
}
