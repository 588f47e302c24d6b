import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstallWithApt, installWithApt } from './apt.ts';
import { runProgram } from './run-program.ts';

/** Makes network namespaces and joins them; lets a namespace hide others as a router at home does. */
const packageOf = { ip: 'iproute2', nft: 'nftables' } as const;

/**
 * Installs what the end-to-end tests build networks with, where this process may do both. Elsewhere
 * those tests are skipped, and say why.
 */
export async function ensureNetworkTools(): Promise<void> {
  const missing = Object.entries(packageOf).flatMap(([tool, name]) => (isOnPath(tool) ? [] : name));
  if (missing.length === 0 || !canInstallWithApt() || !(await canMakeNamespace())) return;
  console.log(`Installing Debian’s ${missing.join(' and ')} with apt-get, for tests of networks …`);
  await installWithApt(missing);
}

/** Containers often have a root that may not. */
async function canMakeNamespace(): Promise<boolean> {
  const options = { output: 'collect' } as const;
  return (await runProgram('unshare', ['--net', '--mount', 'true'], options)).code === 0;
}

/** Also where only administrators look. */
export function isOnPath(command: string): boolean {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder.
    }
  });
}
