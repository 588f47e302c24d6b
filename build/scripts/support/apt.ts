import { existsSync } from 'node:fs';
import { runProgram } from './run-program.ts';

/** Only root may install, and only Debian and its children know these package names. */
export const canInstallWithApt = (): boolean =>
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** Installs Debian packages; says why when that fails, and leaves it to the caller to look again. */
export async function installWithApt(packages: readonly string[]): Promise<void> {
  const options = { output: 'collect', env: { DEBIAN_FRONTEND: 'noninteractive' } } as const;
  const update = await runProgram('apt-get', ['update'], options);
  const install = await runProgram(
    'apt-get',
    ['install', '-y', '--no-install-recommends', ...packages],
    options,
  );
  if (install.code !== 0) console.log(lastLines(update.output + install.output));
}

/** The end of what a program wrote, where the reason stands. */
export const lastLines = (output: string): string =>
  output.trimEnd().split('\n').slice(-5).join('\n');
