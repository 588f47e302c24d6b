import { useEffect, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api } from '../../../api.ts';
import type { PoolEvent, PoolMachine, PoolOverview } from '../../../api.ts';

export interface MachineState {
  /** As the pool's picture shows it, or as it was asked for when the picture leaves it out. */
  readonly machine: PoolMachine | undefined;
  /** What happened to it, newest first; undefined until the first answer. */
  readonly events: readonly PoolEvent[] | undefined;
  readonly error: MillpondError | undefined;
}

interface Asked {
  readonly machine: PoolMachine | undefined;
  readonly events: readonly PoolEvent[] | undefined;
  readonly error: MillpondError | undefined;
}

const nothingYet: Asked = { machine: undefined, events: undefined, error: undefined };

/** One machine: live from the pool's picture, with its history, asked again when something happened. */
export function useMachine(machineId: string, overview: PoolOverview): MachineState {
  const [asked, setAsked] = useState(nothingYet);
  const newest = overview.events[0]?.id;
  useEffect(() => {
    const left = new AbortController();
    void api.pools.machine({ id: machineId }, { signal: left.signal }).then(
      ({ machine, events }) => {
        if (!left.signal.aborted) setAsked({ machine, events, error: undefined });
      },
      (thrown: unknown) => {
        if (left.signal.aborted) return;
        setAsked((before) => ({ ...before, error: MillpondError.from(thrown) }));
      },
    );
    return () => {
      left.abort();
    };
  }, [machineId, newest]);
  return {
    ...asked,
    machine: overview.machines.find(({ id }) => id === machineId) ?? asked.machine,
  };
}
