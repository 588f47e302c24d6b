/** The default router in Linux's `/proc/net/route`, of the cheapest route. */
export function routerInProc(text: string): string | undefined {
  const routes = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, gateway]) => destination === '00000000' && gateway !== '00000000')
    .toSorted((a, b) => Number(a[6]) - Number(b[6]));
  const gateway = routes[0]?.[2];
  if (gateway === undefined || !/^[0-9a-f]{8}$/i.test(gateway)) return undefined;
  // The machine's own order of bytes, which is little-endian on everything that runs this.
  return Buffer.from(gateway, 'hex').reverse().join('.');
}

/** The default router in what `netstat -rn` prints on macOS and Windows. */
export function routerInNetstat(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const found =
      /^\s*default\s+(\d+(?:\.\d+){3})\s/.exec(line) ??
      /^\s*0\.0\.0\.0\s+0\.0\.0\.0\s+(\d+(?:\.\d+){3})\s/.exec(line);
    if (found?.[1] !== undefined) return found[1];
  }
  return undefined;
}

/** IPv6 addresses of Linux's `/proc/net/if_inet6` that are temporary or end soon. */
export function temporaryInProc(text: string): ReadonlySet<string> {
  const temporary = 0x01;
  const deprecated = 0x20;
  const found = new Set<string>();
  for (const line of text.split('\n')) {
    const [digits = '', , , , flags = ''] = line.trim().split(/\s+/);
    if (!/^[0-9a-f]{32}$/.test(digits)) continue;
    if ((Number.parseInt(flags, 16) & (temporary | deprecated)) === 0) continue;
    found.add(digits);
  }
  return found;
}

/** All 32 digits of an IPv6 address, to compare spellings. */
export function digitsOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(missing).fill('0'), ...after]
    .map((group) => group.padStart(4, '0'))
    .join('');
}
