import type { OwnerReadings, OwnerSignals, SignalName } from '../../agent/ports.ts';
import type { Clock } from '../../core/clock.ts';
import { createGpuMemoryReader } from '../../hardware/gpu-memory.ts';
import { createSystemSignals } from '../../hardware/owner/system-signals.ts';
import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import type { Engines } from '../build-engines.ts';
import type { Machine } from '../machine.ts';

interface MachineSignalsDeps {
  readonly machine: Machine;
  readonly engines: Pick<Engines, 'manager'>;
  readonly programs: ProgramLauncher;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isOwnProcess: (pid: number) => boolean;
  readonly clock: Clock;
}

/**
 * What the owner's computer is doing. The readers depend on the cards that it has, so that they are
 * made once the hardware is known and somebody wants to read anything.
 */
export function createMachineSignals(deps: MachineSignalsDeps): OwnerSignals {
  const { machine, clock } = deps;
  const listeners = new Set<() => void>();
  let wanted: ReadonlySet<SignalName> = new Set();
  let signals: OwnerSignals | undefined;

  function begin(): void {
    const hardware = machine.hardware();
    if (signals !== undefined || hardware === undefined || wanted.size === 0) return;
    const gpus = hardware.gpus.filter(({ isMissing }) => !isMissing);
    signals = createSystemSignals({
      platform: process.platform,
      environment: deps.environment,
      launcher: deps.programs,
      ...{ clock, gpus, battery: machine.battery },
      gpuMemory: createGpuMemoryReader({ gpus: () => gpus }),
      isOwnProcess: deps.isOwnProcess,
      areWeComputing: () => isComputing(deps.engines),
    });
    signals.onChanged(() => {
      for (const listener of listeners) listener();
    });
    signals.observe(wanted);
  }

  machine.onChange(begin);
  return {
    observe(names) {
      wanted = names;
      if (signals === undefined) begin();
      else signals.observe(names);
    },
    readings: (): OwnerReadings => signals?.readings() ?? {},
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function isComputing({ manager }: Pick<Engines, 'manager'>): boolean {
  return manager
    .states()
    .keys()
    .some((id) => (manager.describe(id).loaded?.busySlots ?? 0) > 0);
}
