import type { Clock } from '../../core/clock.ts';
import type { Fleet } from './fleet.ts';
import type { PoolNews } from '../../tunnel/ports.ts';
import type { Machine, MachineIdentity } from './machine.ts';
import { poolNews } from './pool-news.ts';
import type { NodesPeople } from './ports.ts';

interface NewsTellerDeps {
  readonly fleet: Fleet;
  readonly people: NodesPeople;
  readonly clock: Clock;
}

interface News {
  readonly news: PoolNews;
  readonly text: string;
}

/** Changes of this long are told together. */
const coalesceMs = 500;

/** Tells every connected member what the pool offers, at connect and when it changed. */
export function createNewsTeller({ fleet, people, clock }: NewsTellerDeps): () => void {
  const timers = new Map<string, () => void>();
  /** By pool and rights; as of the last telling. Many that connect at once hear the same. */
  const computed = new Map<string, News>();
  /** What each link heard last, so that nothing is said twice. */
  const told = new WeakMap<object, string>();

  function newsFor({ personId, poolId, poolName }: MachineIdentity): News {
    const models = people.modelsOf(personId, poolId);
    const key = `${poolId}\n${JSON.stringify(models)}`;
    const known = computed.get(key);
    if (known) return known;
    const news = poolNews(fleet, { id: poolId, name: poolName }, models);
    const next = { news, text: JSON.stringify(news) };
    computed.set(key, next);
    return next;
  }

  function tell({ link, device }: Machine): void {
    if (link?.isOnline !== true) return;
    const { news, text } = newsFor(device);
    if (told.get(link) === text) return;
    told.set(link, text);
    link.tell(news);
  }

  function tellPool(poolId: string): void {
    timers.delete(poolId);
    for (const key of computed.keys()) if (key.startsWith(`${poolId}\n`)) computed.delete(key);
    for (const machine of fleet.inPool(poolId)) tell(machine);
  }

  const stop = fleet.listen({
    connected: tell,
    offered: (poolId) => {
      if (timers.has(poolId)) return;
      const cancel = clock.after(coalesceMs, () => {
        tellPool(poolId);
      });
      timers.set(poolId, cancel);
    },
  });
  return () => {
    stop();
    for (const cancel of timers.values()) cancel();
  };
}
