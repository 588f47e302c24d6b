import type { ControlHandlers } from '../../contract/control.ts';
import type { TerminalCommand } from '../../platform/terminal-command.ts';

export function createCommandHandlers(command: TerminalCommand): ControlHandlers['command'] {
  return {
    status: () => command.status(),
    set: ({ isOn }) => command.set(isOn),
  };
}
