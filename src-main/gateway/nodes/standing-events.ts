import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Fleet } from './fleet.ts';
import type { Machine } from './machine.ts';
import type { PoolHappening } from './nodes.ts';
import { isPresent, type Standing } from './standing.ts';

interface StandingEventsDeps {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly happened: (happening: PoolHappening) => void;
}

/** A machine that is back this soon was never lost to people. */
const lostAfterMs = 5000;

/** Makes events of what machines do. Short cuts of the connection are not worth one. */
export function tellStandings(deps: StandingEventsDeps): () => void {
  const { fleet, clock, logger, happened } = deps;
  /** Machines that have just gone, and how not to say so. */
  const goneJustNow = new Map<string, { readonly phase: Standing['phase']; stop(): void }>();

  function say(machine: Machine, kind: PoolHappening['kind']): void {
    const { id, device, standing } = machine;
    logger.info({ nodeId: id, phase: standing.phase }, 'machine of a pool changed');
    happened({
      poolId: device.poolId,
      machineId: id,
      kind,
      machine: device.name,
      person: device.personName,
      ...(standing.reason !== '' && { reason: standing.reason }),
    });
  }

  function standing(machine: Machine, before: Standing): void {
    const { phase } = machine.standing;
    if (phase === before.phase || !machine.isServing) return;
    const gone = goneJustNow.get(machine.id);
    gone?.stop();
    goneJustNow.delete(machine.id);
    if (phase === 'lost') {
      const stop = clock.after(lostAfterMs, () => {
        goneJustNow.delete(machine.id);
        say(machine, 'machine-lost');
      });
      goneJustNow.set(machine.id, { phase: before.phase, stop });
      return;
    }
    const from = gone?.phase ?? before.phase;
    const kind = from === phase ? undefined : kindOf(machine, from);
    if (kind !== undefined) say(machine, kind);
    machine.isNew = false;
  }

  const ended = ({ id }: Machine): void => {
    goneJustNow.get(id)?.stop();
    goneJustNow.delete(id);
  };

  const stop = fleet.listen({ standing, ended });
  return () => {
    stop();
    for (const gone of goneJustNow.values()) gone.stop();
  };
}

function kindOf(machine: Machine, from: Standing['phase']): PoolHappening['kind'] | undefined {
  switch (machine.standing.phase) {
    case 'online':
      if (isPresent(from)) return 'machine-resumed';
      return machine.isNew ? 'machine-joined' : 'machine-online';
    case 'finishing':
      return 'machine-finishing';
    case 'paused':
      return 'machine-paused';
    case 'offline':
      // Whoever was lost was said to be; that it is still away is no news.
      return from === 'lost' ? undefined : 'machine-offline';
    case 'lost':
      return 'machine-lost';
  }
}
