import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Fleet } from './fleet.ts';
import type { MachineStore, StoredMachine } from './ports.ts';

interface RememberDeps {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: MachineStore;
}

const saveEveryMs = 60_000;

/** Keeps what machines are, so that those that are away are still shown after a restart. */
export function rememberMachines({ fleet, clock, logger, store }: RememberDeps) {
  let saved = new Map<string, string>();
  let stopTimer: () => void;

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
    const gone = [...saved.keys()].filter((id) => !next.has(id));
    if (changed.length > 0) await store.save(changed);
    for (const id of gone) await store.remove(id);
    saved = next;
  }

  async function trySave(): Promise<void> {
    try {
      await save();
    } catch (error) {
      logger.warn({ err: error }, 'machines were not written');
    }
  }

  function schedule(): void {
    stopTimer = clock.after(saveEveryMs, () => {
      void trySave().then(schedule);
    });
  }
  schedule();

  return {
    async close(): Promise<void> {
      stopTimer();
      await trySave();
    },
  };
}
