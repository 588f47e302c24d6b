import type { Clock } from '../../core/clock.ts';
import type { Fleet } from './fleet.ts';
import type { Machine } from './machine.ts';
import { poolNews } from './pool-news.ts';
import type { NodesPeople } from './ports.ts';

interface NewsTellerDeps {
  readonly fleet: Fleet;
  readonly people: NodesPeople;
  readonly clock: Clock;
}

/** Changes of this long are told together. */
const coalesceMs = 500;

/** Tells every connected member what the pool offers, at connect and when it changed. */
export function createNewsTeller({ fleet, people, clock }: NewsTellerDeps): () => void {
  const timers = new Map<string, () => void>();
  /** What each link heard last, so that nothing is said twice. */
  const told = new WeakMap<object, string>();

  function tell(machine: Machine): void {
    const { link, device } = machine;
    if (link?.isOnline !== true) return;
    const pool = { id: device.poolId, name: device.poolName };
    const news = poolNews(fleet, pool, people.modelsOf(device.personId, device.poolId));
    const text = JSON.stringify(news);
    if (told.get(link) === text) return;
    told.set(link, text);
    link.tell(news);
  }

  const stop = fleet.listen({
    connected: tell,
    offered: (poolId) => {
      if (timers.has(poolId)) return;
      const cancel = clock.after(coalesceMs, () => {
        timers.delete(poolId);
        for (const machine of fleet.inPool(poolId)) tell(machine);
      });
      timers.set(poolId, cancel);
    },
  });
  return () => {
    stop();
    for (const cancel of timers.values()) cancel();
  };
}
