import { ensureBuilt } from './support/build-state.ts';
import { reasonAgainstDesktop } from './support/desktop-choice.ts';
import { electronBinary, fetchElectron } from './support/electron-binary.ts';
import { runProgram } from './support/run-program.ts';

/** `npm start`: the desktop window where there can be one, otherwise the same app in the browser. */

/** A window that dies sooner never came up: the machine refuses it, so the browser is tried. */
const earlyDeathMs = 10_000;

/** Electron's program, fetched once if need be, or why there is none. */
async function obtainElectron(): Promise<{ program: string } | { reason: string }> {
  const present = electronBinary();
  if (present !== undefined) return { program: present };
  console.log('Fetching Electron for the desktop window, once (about 100 MB) …');
  const outcome = await fetchElectron();
  const program = electronBinary();
  if (program !== undefined) return { program };
  return {
    reason:
      outcome === 'no-answer'
        ? 'Electron’s server did not answer within 10 seconds'
        : 'Electron could not be fetched',
  };
}

/** Shows the desktop window until it is closed. Answers why it could not, or undefined. */
async function openDesktop(args: readonly string[]): Promise<string | undefined> {
  const { platform, env } = process;
  const against = reasonAgainstDesktop({ platform, env, isRoot: process.getuid?.() === 0 });
  if (against !== undefined) return against;
  const electron = await obtainElectron();
  if ('reason' in electron) return electron.reason;
  const { code, signal, durationMs } = await runProgram(electron.program, ['.', ...args], {
    output: 'show',
  });
  const didCrash = (code !== 0 || signal !== null) && durationMs < earlyDeathMs;
  const wasAsked = signal === 'SIGINT' || signal === 'SIGTERM';
  if (didCrash && !wasAsked) return 'the desktop window could not start';
  process.exitCode = code;
  return undefined;
}

const args = process.argv.slice(2);
await ensureBuilt();
const reason = await openDesktop(args);
if (reason !== undefined) {
  console.log(`Opening in the browser: ${reason}.`);
  const { code } = await runProgram(
    process.execPath,
    ['out/main/cli.js', 'serve', '--open', ...args],
    { output: 'show' },
  );
  process.exitCode = code;
}
