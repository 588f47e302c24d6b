import type { ProgramLaunch, ProgramLauncher } from '../../platform/program-launcher.ts';

/** A program that a test plays. */
export interface ProgramExitHandle {
  readonly command: string;
  readonly line: (line: string) => void;
  readonly exit: () => void;
  readonly isKilled: () => boolean;
}

/** A launcher that starts nothing, and what was asked of it. */
export function programDouble(): {
  readonly launcher: ProgramLauncher;
  readonly programs: readonly ProgramExitHandle[];
} {
  const programs: ProgramExitHandle[] = [];
  return {
    programs,
    launcher: {
      launch({ command, onLine }: ProgramLaunch) {
        const exited: PromiseWithResolvers<{ code: number | null; signal: string | null }> =
          Promise.withResolvers();
        let isKilled = false;
        const end = (): void => {
          exited.resolve({ code: 0, signal: null });
        };
        programs.push({
          command,
          line: (line) => onLine?.(line),
          exit: end,
          isKilled: () => isKilled,
        });
        return {
          pid: 1,
          exited: exited.promise,
          outputTail: () => [],
          kill() {
            isKilled = true;
            end();
          },
        };
      },
    },
  };
}
