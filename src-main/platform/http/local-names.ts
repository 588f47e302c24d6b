import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { hostnameOf, isLoopbackAddress, isLoopbackHost } from './loopback.ts';

/** Says what a name means without asking anybody: the question alone would tell where one goes. */
export interface LocalNames {
  /** The loopback addresses of a host of this machine; empty when it lies elsewhere or is unknown. */
  addressesOf(host: string): Promise<readonly string[]>;
}

/**
 * Knows IP addresses, `localhost` and the names of the system's hosts file. A name counts as this
 * machine only when all its addresses are loopback ones.
 */
export function createLocalNames(
  readHostsFile: () => Promise<string> = readSystemHosts,
): LocalNames {
  return {
    async addressesOf(host) {
      const name = hostnameOf(host);
      if (isIP(name) !== 0) return isLoopbackAddress(name) ? [name] : [];
      if (isLoopbackHost(name)) return ['127.0.0.1', '::1'];
      const addresses = addressesIn(await readHostsFile(), name);
      return addresses.every(isLoopbackAddress) ? addresses : [];
    },
  };
}

function addressesIn(hostsFile: string, name: string): readonly string[] {
  return hostsFile.split(/\r?\n/).flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address === undefined || isIP(address) === 0) return [];
    return names.some((each) => each.toLowerCase() === name) ? [address] : [];
  });
}

async function readSystemHosts(): Promise<string> {
  const { SystemRoot: windows } = process.env;
  const path =
    process.platform === 'win32'
      ? join(windows ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
      : '/etc/hosts';
  // A machine without the file has no names of its own.
  return readFile(path, 'utf8').catch(() => '');
}
