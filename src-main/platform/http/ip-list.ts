import { BlockList, isIP } from 'node:net';
import { MillpondError } from '../../core/error.ts';

/** Lists that were asked before, ready to be asked again. */
const compiled = new WeakMap<readonly string[], BlockList>();

/** Whether an address is one of the list or lies in one of its networks; IPv4 also inside of IPv6. */
export function isInList(list: readonly string[], address: string): boolean {
  const known = compiled.get(list) ?? compile(list);
  compiled.set(list, known);
  const plain = address.split('%')[0] ?? '';
  const version = isIP(plain);
  return version !== 0 && known.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}

/** Throws `invalid-request` naming the first entry that is neither address nor network. */
export function checkIpList(list: readonly string[], param: string): void {
  compile(list, param);
}

function compile(list: readonly string[], param?: string): BlockList {
  const addresses = new BlockList();
  for (const entry of list) add(addresses, entry.trim(), param);
  return addresses;
}

function add(addresses: BlockList, entry: string, param: string | undefined): void {
  const [address = '', prefix, ...rest] = entry.split('/');
  const version = isIP(address);
  const longest = version === 4 ? 32 : 128;
  const bits = prefix === undefined ? longest : Number(prefix);
  const isNetwork = prefix === undefined || (/^\d{1,3}$/.test(prefix) && bits <= longest);
  if (version === 0 || !isNetwork || rest.length > 0) throw malformed(entry, param);
  const family = version === 4 ? 'ipv4' : 'ipv6';
  // A mapped address means the IPv4 one, which is how the other side is compared.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined && bits >= 96) addresses.addSubnet(mapped, bits - 96, 'ipv4');
  else addresses.addSubnet(address, bits, family);
}

function malformed(entry: string, param: string | undefined): MillpondError {
  return new MillpondError(
    'invalid-request',
    `'${entry.slice(0, 60)}' is not an IP address or network; write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32`,
    param === undefined ? {} : { param },
  );
}
