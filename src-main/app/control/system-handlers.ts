import type { ControlHandlers } from '../../contract/control.ts';
import type { MachineStatus } from '../../contract/system.ts';
import { examine } from '../doctor.ts';
import type { DoctorDeps } from '../doctor.ts';

interface SystemHandlersDeps {
  readonly version: string;
  readonly dataFolder: string;
  readonly modelsFolder: string;
  readonly face: 'desktop' | 'headless';
  readonly machine: () => MachineStatus;
  readonly newestLogLines: (count: number) => readonly string[];
  readonly doctor: DoctorDeps;
  readonly shutdown: () => void;
}

export function createSystemHandlers(deps: SystemHandlersDeps): ControlHandlers['system'] {
  const { version, dataFolder, modelsFolder, face } = deps;
  return {
    status: () => ({ version, dataFolder, modelsFolder, face, machine: deps.machine() }),
    log: ({ lines }) => ({ lines: [...deps.newestLogLines(lines)] }),
    doctor: async () => ({ checks: await examine(deps.doctor) }),
    shutdown() {
      deps.shutdown();
      return {};
    },
  };
}
