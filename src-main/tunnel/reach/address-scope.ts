import { BlockList, isIP } from 'node:net';

/**
 * Who can dial an address.
 * - `loopback` this machine · `link` one cable · `private` one network · `carrier` the inside of a
 *   provider's shared address, or an overlay network · `global` everybody, as far as routers let them
 */
export type AddressScope = 'loopback' | 'link' | 'private' | 'carrier' | 'global';

const scopes: readonly (readonly [AddressScope, 'ipv4' | 'ipv6', readonly string[]])[] = [
  ['loopback', 'ipv4', ['127.0.0.0/8']],
  ['loopback', 'ipv6', ['::1/128']],
  ['link', 'ipv4', ['169.254.0.0/16']],
  ['link', 'ipv6', ['fe80::/10']],
  ['carrier', 'ipv4', ['100.64.0.0/10']],
  // Private, and what is set apart for documents, tests and multicast: nobody outside dials it.
  ['private', 'ipv4', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '0.0.0.0/8']],
  ['private', 'ipv4', ['192.0.0.0/24', '192.0.2.0/24', '198.18.0.0/15', '198.51.100.0/24']],
  ['private', 'ipv4', ['203.0.113.0/24', '224.0.0.0/3']],
  ['private', 'ipv6', ['2001:db8::/32']],
  ['global', 'ipv4', ['0.0.0.0/0']],
  ['global', 'ipv6', ['2000::/3']],
];

const lists = scopes.map(([scope, family, networks]) => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return { scope, family, list };
});

/** What is neither private by rule nor routed on the internet counts as private. */
export function scopeOf(address: string): AddressScope {
  const plain = plainAddress(address);
  const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
  const found = lists.find((each) => each.family === family && each.list.check(plain, family));
  return found?.scope ?? 'private';
}

/** Without the name of a network card and without the IPv6 spelling of an IPv4 address. */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase();
  return /^::ffff:(\d+(?:\.\d+){3})$/.exec(bare)?.[1] ?? bare;
}

/** Tailscale's own part of IPv6, the same in every of its networks. */
const tailscale = new BlockList();
tailscale.addSubnet('fd7a:115c:a1e0::', 48, 'ipv6');

export function isTailscale(address: string): boolean {
  const plain = plainAddress(address);
  return isIP(plain) === 6 && tailscale.check(plain, 'ipv6');
}

/** Whether two global IPv6 addresses lie in the same network of 64 bits, which is one home. */
export function sharesNetwork(a: string, b: string): boolean {
  if (isIP(a) !== 6 || isIP(b) !== 6) return false;
  const network = new BlockList();
  network.addSubnet(a, 64, 'ipv6');
  return network.check(b, 'ipv6');
}

/** As it is dialled: IPv6 in brackets. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port.toString()}`;
}
