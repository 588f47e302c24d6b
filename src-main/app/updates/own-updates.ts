import { existsSync } from 'node:fs';
import { MillpondError } from '../../core/error.ts';
import type { Installation } from '../../platform/installation.ts';
import { packagedCommand } from '../../platform/installation.ts';
import type { Logger } from '../../platform/logger.ts';
import type { DataPaths } from '../../platform/paths.ts';
import { createProgramLauncher } from '../../platform/program-launcher.ts';
import { isSystemPackage } from '../../updates/system-package.ts';
import { UpdateStateFile } from '../../updates/update-state.ts';
import type { UpdateState } from '../../updates/update-state.ts';
import { updateFiles } from '../../updates/update-files.ts';
import { carryOut, recoverUpdate, updatesFolder } from './carry-out.ts';
import type { CarryOutDeps } from './carry-out.ts';
import { commandRunner } from './run-command.ts';

interface OwnUpdatesDeps {
  readonly paths: DataPaths;
  readonly installation: Installation;
  /** The folder of this program's entries. */
  readonly entryFolder: string;
  /** Made when something is done at all. */
  readonly logger: () => Logger;
}

/** What can be done about updates without a runtime: before one starts, and where none can. */
export interface OwnUpdates {
  state(): UpdateState;
  /** Finishes or undoes what was cut off. Answers whether another program is in place of this one now. */
  recover(): Promise<{ readonly isReplaced: boolean }>;
  /** The earlier version with its data. Rejects with one sentence. Nobody may use the data folder. */
  goBack(): Promise<void>;
  /** The command of the program that is in place now. */
  command(): string;
}

export function createOwnUpdates(deps: OwnUpdatesDeps): OwnUpdates {
  const { paths, installation } = deps;
  const files = updateFiles(updatesFolder(paths));
  const read = (): UpdateStateFile => new UpdateStateFile(files.state);
  const around = (state: UpdateStateFile): CarryOutDeps => ({
    ...{ paths, installation, state },
    run: commandRunner(createProgramLauncher()),
    now: () => Date.now(),
    log: deps.logger().child({ component: 'updates' }),
  });
  return {
    state: () => read().current,
    async recover() {
      const state = read();
      // Nearly every start: nothing is left to do, and nothing is opened for that.
      const isOwed = existsSync(files.journal) || state.current.awaited !== undefined;
      return isOwed ? recoverUpdate(around(state)) : { isReplaced: false };
    },
    async goBack() {
      const state = read();
      const { earlier } = state.current;
      if (earlier === undefined) {
        throw new MillpondError('not-found', 'There is no earlier version here to go back to');
      }
      if (isSystemPackage(installation.kind)) {
        throw new MillpondError(
          'conflict',
          'The earlier package has to be fetched for that: start Millpond first with `millpond serve`',
        );
      }
      await carryOut({ kind: 'back' }, around(state));
      const { failure } = state.current;
      if (failure !== undefined) throw MillpondError.fromBody(failure.error);
    },
    command() {
      if (installation.kind === 'appimage') return installation.root;
      const { entryFolder } = deps;
      return packagedCommand(entryFolder, installation.platform) ?? process.execPath;
    },
  };
}
