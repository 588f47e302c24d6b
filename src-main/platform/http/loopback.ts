import { isIP } from 'node:net';

/** Whether an IP address leads back to this machine, also in its IPv6-mapped spelling. */
export function isLoopbackAddress(address: string): boolean {
  const plain = address.toLowerCase().replace(/^\[|\]$/g, '');
  const mapped = /^::ffff:(.+)$/.exec(plain)?.[1] ?? plain;
  return plain === '::1' || /^127(?:\.\d{1,3}){3}$/.test(mapped) || isMappedHex(mapped);
}

/** `::ffff:7f00:1`, the spelling that URLs normalise `::ffff:127.0.0.1` to. */
function isMappedHex(groups: string): boolean {
  return /^7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(groups);
}

/** Whether a host, with or without its port, is this machine by name alone. */
export function isLoopbackHost(host: string): boolean {
  const name = hostnameOf(host);
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name);
}

/** The name or address of a host without port, brackets and closing dot, in lower case. */
export function hostnameOf(host: string): string {
  const bare = host.toLowerCase();
  if (isIP(bare) !== 0) return bare;
  return bare
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
