import { canInstallWithApt, installWithApt } from './apt.ts';
import { isOnPath } from './network-tools.ts';

const programs = ['nginx', 'caddy'] as const;

/**
 * Installs the reverse proxies that Millpond comes with files for, so that those files are tested with
 * the programs that read them. Elsewhere those tests are skipped.
 */
export async function ensureReverseProxies(): Promise<void> {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0 || !canInstallWithApt()) return;
  console.log(`Installing Debian’s ${missing.join(' and ')} with apt-get, for tests behind them …`);
  await installWithApt(missing);
}
