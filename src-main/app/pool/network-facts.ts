import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import {
  digitsOf,
  routerInNetstat,
  routerInProc,
  temporaryInProc,
} from '../../tunnel/reach/system-tables.ts';
import type { OwnAddress } from '../../tunnel/reach/ports.ts';

/** Addresses of this machine's network cards now. Cheap enough to be read every few seconds. */
export function readOwnAddresses(): readonly OwnAddress[] {
  const temporary = readTemporary();
  return Object.entries(networkInterfaces()).flatMap(([card, addresses = []]) =>
    addresses
      .filter(({ internal }) => !internal)
      .map(({ address, mac, family }) => ({
        ...{ card, address, mac },
        isTemporary: family === 'IPv6' && temporary.has(digitsOf(address)),
      })),
  );
}

/** Only Linux tells which of a card's IPv6 addresses it gives up soon. */
function readTemporary(): ReadonlySet<string> {
  if (process.platform !== 'linux') return new Set();
  try {
    return temporaryInProc(readFileSync('/proc/net/if_inet6', 'utf8'));
  } catch {
    // A system without IPv6 has no such table.
    return new Set();
  }
}

const netstatWithinMs = 3000;

/** The router that leads out of this network; undefined where the system names none. */
export async function readDefaultRouter(
  programs: ProgramLauncher,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const table = await readFile('/proc/net/route', 'utf8').catch(() => '');
    return routerInProc(table);
  }
  const lines: string[] = [];
  const netstat = programs.launch({
    command: 'netstat',
    args: ['-rn'],
    onLine: (line) => void lines.push(line),
  });
  const end = (): void => {
    netstat.kill('SIGKILL');
  };
  const ending = AbortSignal.any([signal, AbortSignal.timeout(netstatWithinMs)]);
  ending.addEventListener('abort', end, { once: true });
  await netstat.exited;
  ending.removeEventListener('abort', end);
  return routerInNetstat(lines);
}
