import { create } from 'zustand';
import { api, events, onResync } from '../api.ts';
import type { SystemStatus } from '../api.ts';

interface MachineState {
  /** Undefined until the first answer. */
  readonly system: SystemStatus | undefined;
}

/** What this machine is, and how much of its memory models take. */
export const useMachine = create<MachineState>()(() => ({ system: undefined }));

export async function refreshMachine(): Promise<void> {
  useMachine.setState({ system: await api.system.status({}) });
}

export function followMachine(): void {
  onResync(() => void refreshMachine().catch(() => undefined));
  events.system.onMachine((machine) => {
    useMachine.setState(({ system }) => ({ system: system && { ...system, machine } }));
  });
}
