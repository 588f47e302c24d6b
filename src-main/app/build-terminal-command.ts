import { findInstallation, packagedCommand } from '../platform/installation.ts';
import { createTerminalCommand, type TerminalCommand } from '../platform/terminal-command.ts';
import type { RuntimeOptions } from './build-runtime.ts';

/** The `millpond` command that this installation can put into terminals. */
export function terminalCommand(options: RuntimeOptions): TerminalCommand {
  const { files, surroundings, installation } = options;
  return createTerminalCommand({
    installation: installation ?? findInstallation(files.entryFolder, surroundings.env),
    target: packagedCommand(files.entryFolder, surroundings.platform),
    surroundings,
  });
}
