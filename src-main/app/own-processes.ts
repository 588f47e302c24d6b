import { readFileSync } from 'node:fs';
import type { ProcessLauncher } from '../platform/process-launcher.ts';
import type { ProgramLauncher } from '../platform/program-launcher.ts';

/** Which processes of this computer are engines of ours. */
export interface OwnProcesses {
  readonly launcher: ProcessLauncher;
  readonly programs: ProgramLauncher;
  isOwn(pid: number): boolean;
}

/** Launchers that remember what they started, for as long as it lives. */
export function createOwnProcesses(
  launcher: ProcessLauncher,
  programs: ProgramLauncher,
): OwnProcesses {
  const pids = new Set<number>();
  const remember = <
    P extends { readonly pid: number | undefined; readonly exited: Promise<unknown> },
  >(
    child: P,
  ): P => {
    const { pid } = child;
    if (pid === undefined) return child;
    pids.add(pid);
    void child.exited.then(() => pids.delete(pid));
    return child;
  };
  return {
    launcher: { launch: (entry, options) => remember(launcher.launch(entry, options)) },
    programs: { launch: (launch) => remember(programs.launch(launch)) },
    isOwn: (pid) => pids.has(pid) || pids.has(groupOf(pid) ?? -1),
  };
}

/** A program's children share its group; only Linux tells that cheaply. */
function groupOf(pid: number): number | undefined {
  try {
    // After the name in parentheses: state, parent, group.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return undefined;
  }
}
