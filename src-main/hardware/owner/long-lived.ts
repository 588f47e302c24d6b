import type { ProgramLauncher } from '../../platform/program-launcher.ts';

interface LongLived {
  readonly launcher: ProgramLauncher;
  readonly command: string;
  readonly args: readonly string[];
  readonly onLine: (line: string) => void;
  /** It is not installed, was refused, or ended by itself. It is not started again. */
  readonly onGone: () => void;
}

/** One program that prints by itself for as long as somebody listens. Returns how to end it. */
export function followProgram({ launcher, command, args, onLine, onGone }: LongLived): () => void {
  let isStopped = false;
  const program = launcher.launch({
    command,
    args,
    onLine: (line) => {
      if (!isStopped) onLine(line);
    },
  });
  void program.exited.then(() => {
    if (!isStopped) onGone();
    isStopped = true;
  });
  return () => {
    if (isStopped) return;
    isStopped = true;
    program.kill('SIGTERM');
  };
}
