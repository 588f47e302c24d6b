import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Fleet } from './fleet.ts';
import { modelKey } from './machine-offers.ts';
import type { NodesStores, StoredMachine } from './ports.ts';
import type { RateMemory } from './rate-memory.ts';

interface RememberDeps {
  readonly fleet: Fleet;
  readonly rates: RateMemory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stores: Pick<NodesStores, 'machines' | 'rates'>;
}

const saveEveryMs = 60_000;

/** Writes down once a minute what machines are and how fast they were, for the next start. */
export function rememberMachines(deps: RememberDeps): { close(): Promise<void> } {
  const { fleet, rates, clock, logger, stores } = deps;
  let saved = new Map<string, string>();
  let stopTimer: () => void;

  const stopListening = fleet.listen({
    ended: ({ id }) => {
      saved.delete(id);
      rates.forget(id);
      void stores.machines.remove(id).catch((error: unknown) => {
        logger.warn({ err: error, nodeId: id }, 'a machine was not forgotten');
      });
    },
  });

  async function save(): Promise<void> {
    const next = new Map<string, string>();
    const changed: StoredMachine[] = [];
    for (const { id, remembered, isThisMachine } of fleet.all()) {
      if (!remembered || isThisMachine) continue;
      const machine = { membershipId: id, ...remembered };
      const text = JSON.stringify(machine);
      next.set(id, text);
      if (saved.get(id) !== text) changed.push(machine);
    }
    if (changed.length > 0) await stores.machines.save(changed);
    saved = next;
    await stores.rates.replace(rates.collect(measuredModels(fleet), clock.now()));
  }

  async function trySave(): Promise<void> {
    try {
      await save();
    } catch (error) {
      logger.warn({ err: error }, 'machines were not written down');
    }
  }

  function schedule(): void {
    stopTimer = clock.after(saveEveryMs, () => {
      void trySave().then(schedule);
    });
  }
  schedule();

  return {
    async close() {
      stopTimer();
      stopListening();
      await trySave();
    },
  };
}

function* measuredModels(fleet: Fleet) {
  for (const { id: upstreamId, holders } of fleet.all()) {
    for (const { model } of holders) yield { upstreamId, modelKey: modelKey(model) };
  }
}
