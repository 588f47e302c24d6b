import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import type { RunCommand, StartProgram } from '../../updates/ports.ts';

/** Runs programs of the system so that none outlives this process. */
export function commandRunner(programs: ProgramLauncher): RunCommand {
  return async (command, args, { signal, folder }) => {
    if (signal.aborted) return { code: null, output: [] };
    const program = programs.launch({
      // What they say is shown, and looked into: in one language.
      ...{ command, args, env: { LC_ALL: 'C' } },
      ...(folder !== undefined && { folder }),
    });
    const stop = (): void => {
      program.kill('SIGKILL');
    };
    signal.addEventListener('abort', stop, { once: true });
    const { code } = await program.exited;
    signal.removeEventListener('abort', stop);
    return { code, output: program.outputTail() };
  };
}

/** Starts another version of this program. */
export function programStarter(programs: ProgramLauncher): StartProgram {
  return (launch) => programs.launch(launch);
}
