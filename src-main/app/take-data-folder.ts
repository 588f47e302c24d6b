import { MillpondError } from '../core/error.ts';
import type { Clock } from '../core/clock.ts';
import { readBodyText } from '../core/http-body.ts';
import type { HttpClient } from '../core/http.ts';
import { acquireInstanceLock } from '../platform/instance-lock.ts';
import type { InstanceLock } from '../platform/instance-lock.ts';
import type { DataPaths } from '../platform/paths.ts';
import { findRuntime } from './find-runtime.ts';
import type { FoundRuntime } from './find-runtime.ts';

interface TakeDataFolderDeps {
  readonly paths: DataPaths;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly version: string;
}

const drainLimitMs = 20_000;
const retryMs = 200;

/**
 * Makes this process the one runtime of the data folder. An older version that holds it is asked to
 * finish its answers and leave; the same or a newer one stays, and this rejects with `conflict`.
 */
export async function takeDataFolder(deps: TakeDataFolderDeps): Promise<InstanceLock> {
  const { paths, http, clock, version } = deps;
  const lock = acquireInstanceLock(paths.lockFile);
  if (lock) return lock;
  const holder = await findRuntime(paths, http);
  if (!holder || !isOlder(holder.info.version, version)) throw alreadyRunning(paths, holder);
  await askToLeave(http, holder);
  const giveUpAt = clock.monotonic() + drainLimitMs;
  while (clock.monotonic() < giveUpAt) {
    await clock.sleep(retryMs);
    const freed = acquireInstanceLock(paths.lockFile);
    if (freed) return freed;
  }
  throw alreadyRunning(paths, holder);
}

/** Compares release numbers; what is behind a dash does not count. */
export function isOlder(version: string, than: string): boolean {
  const parts = (text: string): readonly number[] =>
    (text.split('-')[0] ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [parts(version), parts(than)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function alreadyRunning(paths: DataPaths, holder: FoundRuntime | undefined): MillpondError {
  const where = holder ? ` at ${holder.origin} (process ${String(holder.info.pid)})` : '';
  return new MillpondError(
    'conflict',
    `Millpond already runs${where} with the data folder ${paths.dataFolder}; stop it or set MILLPOND_HOME to another folder`,
  );
}

async function askToLeave(http: HttpClient, holder: FoundRuntime): Promise<void> {
  const response = await http.request({
    method: 'POST',
    url: `${holder.origin}/control/shutdown`,
    headers: { authorization: `Bearer ${holder.token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  await readBodyText(response);
}
