import type { ProgramLaunch, ProgramLauncher } from '../../platform/program-launcher.ts';
import type { Clock } from '../../core/clock.ts';

/** A question such as `--version` is answered at once, or the program is broken. */
const limitMs = 20_000;

/** Runs a program to its end. Undefined when it fails or takes too long. */
export async function outputOf(
  { launcher, clock }: { readonly launcher: ProgramLauncher; readonly clock: Clock },
  launch: ProgramLaunch,
): Promise<readonly string[] | undefined> {
  const program = launcher.launch(launch);
  const cancelKill = clock.after(limitMs, () => {
    program.kill('SIGKILL');
  });
  const exit = await program.exited;
  cancelKill();
  return exit.code === 0 ? program.outputTail() : undefined;
}

/** Versions of installed Python packages by name; those that are missing are left out. */
export async function packageVersions(
  deps: { readonly launcher: ProgramLauncher; readonly clock: Clock },
  python: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const lines = await outputOf(deps, { command: python, args: ['-c', versionsScript, ...names] });
  return new Map(
    (lines ?? []).flatMap((line) => {
      const [name, version] = line.split(' ');
      return name !== undefined && version !== undefined ? [[name, version] as const] : [];
    }),
  );
}

/** Reads metadata only: importing such packages takes seconds. */
const versionsScript = `
import sys
from importlib.metadata import PackageNotFoundError, version
for name in sys.argv[1:]:
    try:
        print(name, version(name))
    except PackageNotFoundError:
        pass
`;
