import type { ControlHandlers } from '../../contract/control.ts';
import type { MachineStatus, StartMode } from '../../contract/system.ts';
import type { RuntimeEnd } from '../wire-runtime.ts';

interface SystemHandlersDeps {
  readonly version: string;
  readonly dataFolder: string;
  readonly modelsFolder: string;
  readonly face: 'desktop' | 'headless';
  readonly machine: () => MachineStatus;
  readonly newestLogLines: (count: number) => readonly string[];
  readonly recovered: { readonly folder: string; readonly kept: string } | undefined;
  readonly end: RuntimeEnd;
  readonly mode: StartMode;
}

export function createSystemHandlers(deps: SystemHandlersDeps): ControlHandlers['system'] {
  const { version, dataFolder, modelsFolder, face, mode } = deps;
  return {
    status: () => ({
      ...{ version, dataFolder, modelsFolder, face, mode, machine: deps.machine() },
      ...(deps.recovered && { recovered: deps.recovered }),
    }),
    log: ({ lines }) => ({ lines: [...deps.newestLogLines(lines)] }),
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
