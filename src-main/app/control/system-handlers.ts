import type { ControlHandlers } from '../../contract/control.ts';
import type { MachineStatus, StartMode } from '../../contract/system.ts';
import { examine } from '../doctor.ts';
import type { DoctorDeps } from '../doctor.ts';
import type { RuntimeEnd } from '../wire-runtime.ts';

interface SystemHandlersDeps {
  readonly version: string;
  readonly dataFolder: string;
  readonly modelsFolder: string;
  readonly face: 'desktop' | 'headless';
  readonly machine: () => MachineStatus;
  readonly newestLogLines: (count: number) => readonly string[];
  readonly doctor: DoctorDeps;
  readonly end: RuntimeEnd;
  readonly mode: StartMode;
}

export function createSystemHandlers(deps: SystemHandlersDeps): ControlHandlers['system'] {
  const { version, dataFolder, modelsFolder, face, mode } = deps;
  return {
    status: () => ({ version, dataFolder, modelsFolder, face, mode, machine: deps.machine() }),
    log: ({ lines }) => ({ lines: [...deps.newestLogLines(lines)] }),
    doctor: async () => ({ checks: await examine(deps.doctor) }),
    shutdown() {
      deps.end.shutdown();
      return {};
    },
    restart({ mode: wanted }) {
      deps.end.restart(wanted);
      return {};
    },
  };
}
