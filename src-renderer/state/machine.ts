import { create } from 'zustand';
import { api, events, onResync } from '../api.ts';
import type { SystemStatus } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface MachineState {
  /** Undefined until the first answer. */
  readonly system: SystemStatus | undefined;
}

/** What this machine is, and how much of its memory models take. */
export const useMachine = create<MachineState>()(() => ({ system: undefined }));

const { answer, told } = createToldLast();

export async function refreshMachine(): Promise<void> {
  await answer(api.system.status({}), (system) => {
    useMachine.setState({ system });
  });
}

export function followMachine(): void {
  onResync(() => void refreshMachine().catch(() => undefined));
  events.system.onMachine((machine) => {
    told(() => {
      useMachine.setState(({ system }) => ({ system: system && { ...system, machine } }));
    });
  });
}
