import { BlockList, isIP } from 'node:net';

/**
 * Networks that are nobody's on the internet, by the special-purpose registries of IANA (RFC 6890 and
 * its successors). Ranges that carry another address inside them, such as 6to4, are left out as a whole:
 * what they lead to cannot be told from outside.
 */
const specialNetworks: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Addresses of clouds from which machines ask who they are.
  ['168.63.129.16', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Of IPv6 only what IANA gives to networks of the internet is public, without these parts of it. */
const publicV6: readonly [network: string, prefix: number] = ['2000::', 3];
const specialV6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [network, prefix] of specialNetworks) special.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of specialV6) special.addSubnet(network, prefix, 'ipv6');
const internetV6 = new BlockList();
internetV6.addSubnet(...publicV6, 'ipv6');

/**
 * Whether an IP address, as the resolver or a socket spells it, belongs to the public internet. False
 * for everything that is no address: a name proves nothing.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return internetV6.check(address, 'ipv6') && !special.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Whether it is an IP address that is written out and does not belong to the public internet. */
export function isPrivateAddress(text: string): boolean {
  return isIP(text) !== 0 && !isPublicAddress(text);
}
