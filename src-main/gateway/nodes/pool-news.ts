import type { NodeTrust, PoolModel } from '../../core/node.ts';
import type { PoolNews } from '../../tunnel/ports.ts';
import { isAllowed, summarise } from './directory.ts';
import type { Fleet } from './fleet.ts';
import type { ModelEntry } from './model-index.ts';

/** What a pool tells somebody who asks there. `models`: the rights; absent or empty: all. */
export function poolNews(
  fleet: Fleet,
  pool: { readonly id: string; readonly name: string },
  models: readonly string[] = [],
): PoolNews {
  const entries = [...(fleet.index(pool.id)?.entries() ?? [])];
  const machines = fleet.inPool(pool.id).filter(({ standing }) => standing.phase === 'online');
  return {
    poolName: pool.name,
    models: entries
      .filter((entry) => isAllowed(entry, models.length === 0 ? {} : { models }))
      .flatMap(newsOf),
    machinesOnline: machines.filter(({ isServing }) => isServing).length,
    readers: machines
      .filter(({ isServing, device }) => isServing && device.trust !== 'guest')
      .map(({ device }) => ({ machine: device.name, person: device.personName })),
  };
}

function newsOf(entry: ModelEntry): PoolModel[] {
  const upstreams = entry.usable(true);
  if (upstreams.length === 0) return [];
  return [
    {
      id: entry.id,
      name: entry.name,
      ...(entry.digest !== undefined && { digest: entry.digest }),
      ...summarise(entry),
      machines: upstreams.length,
      isReady: upstreams.some(({ offer }) => offer?.state.phase === 'ready'),
      trust: leastTrusted(upstreams.map(({ trust }) => trust ?? 'trusted')),
    },
  ];
}

/** Among machines that answer a `trusted` request; guests only where there is nobody else. */
function leastTrusted(trusts: readonly NodeTrust[]): NodeTrust {
  if (trusts.includes('trusted')) return 'trusted';
  return trusts.includes('own') ? 'own' : 'guest';
}
