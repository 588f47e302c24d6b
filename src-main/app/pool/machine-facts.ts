import { hostname } from 'node:os';
import type { MachineFacts } from '../../agent/ports.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import type { Machine } from '../machine.ts';

interface MachineFactsDeps {
  readonly machine: Machine;
  readonly settings: SettingsStore;
  readonly version: string;
  /** Of the hottest card, in degrees Celsius; undefined where nothing tells. */
  readonly temperature: () => number | undefined;
}

/** As its owner calls it; else as the computer is called. */
export function machineName(settings: SettingsStore): string {
  const { machineName: chosen } = settings.current();
  return chosen === '' ? hostname() : chosen;
}

/** What this machine tells pools about itself. */
export function createMachineFacts(deps: MachineFactsDeps): MachineFacts {
  const { machine, settings, version } = deps;
  return {
    name: () => machineName(settings),
    hardware() {
      const { platform, osName, cpuModel, physicalCores, gpus, ...status } = machine.status();
      return {
        platform: platform === 'darwin' || platform === 'win32' ? platform : 'linux',
        ...{ osName, cpuModel, physicalCores },
        totalMemoryBytes: status.totalMemoryBytes,
        hasUnifiedMemory: status.hasUnifiedMemory,
        gpus: gpus
          .filter(({ isMissing }) => !isMissing)
          .map(({ name, memoryBytes }) => ({
            name,
            ...(memoryBytes !== undefined && { memoryBytes }),
          })),
      };
    },
    versions: () => ({ millpond: version }),
    load() {
      const { memoryUsedBytes, gpus } = machine.status();
      const temperature = deps.temperature();
      const usedGpuBytes = gpus.reduce(
        (sum, { memoryBytes, freeBytes }) =>
          memoryBytes === undefined || freeBytes === undefined
            ? sum
            : sum + memoryBytes - freeBytes,
        0,
      );
      return {
        usedMemoryBytes: memoryUsedBytes,
        ...(usedGpuBytes > 0 && { usedGpuBytes }),
        ...(temperature !== undefined && { temperature }),
      };
    },
    onChanged(listener) {
      // The live figures of a page ride in heartbeats; here only what the machine is made of counts.
      let known = summaryOf(machine);
      const ends = [
        machine.onChange(() => {
          const now = summaryOf(machine);
          if (now === known) return;
          known = now;
          listener();
        }),
        settings.onChanged(listener),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

function summaryOf(machine: Machine): string {
  const snapshot = machine.hardware();
  return JSON.stringify([snapshot?.gpus, snapshot?.totalMemoryBytes, snapshot?.cpuModel]);
}
