import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import { followProgram } from './long-lived.ts';

/** Keeps the computer from falling asleep while something is to be done. Best effort. */
export interface KeepAwake {
  set(isOn: boolean): void;
  /** Why the computer may sleep although it should not, in one sentence; undefined while all is well. */
  problem(): string | undefined;
}

const why = 'Millpond answers for a pool';
/** `ES_CONTINUOUS | ES_SYSTEM_REQUIRED`; ends with the process that said it. */
const windowsScript = `
Add-Type -Namespace Millpond -Name Power -MemberDefinition '[DllImport("kernel32.dll")] public static extern uint SetThreadExecutionState(uint flags);'
[Millpond.Power]::SetThreadExecutionState([uint32]'0x80000001') | Out-Null
while ($true) { Start-Sleep -Seconds 3600 }
`;

/** One child that holds the wish for as long as it lives: when we end, so does it, and the wish with it. */
export function createKeepAwake(deps: {
  readonly platform: NodeJS.Platform;
  readonly launcher: ProgramLauncher;
}): KeepAwake {
  const { platform, launcher } = deps;
  const { command, args } = holder(platform);
  let stop: (() => void) | undefined;
  let problem: string | undefined;

  return {
    set(isOn) {
      if (!isOn) {
        stop?.();
        stop = undefined;
        problem = undefined;
        return;
      }
      if (stop !== undefined) return;
      stop = followProgram({
        ...{ launcher, command, args },
        onLine: () => {},
        // Not tried again until it is switched off and on: a missing program stays missing.
        onGone: () => {
          problem = `The computer may fall asleep while it shares: ${command} did not keep it awake`;
        },
      });
    },
    problem: () => problem,
  };
}

function holder(platform: NodeJS.Platform): {
  readonly command: string;
  readonly args: readonly string[];
} {
  switch (platform) {
    case 'win32':
      return {
        command: 'powershell.exe',
        args: ['-NoProfile', '-NonInteractive', '-Command', windowsScript],
      };
    case 'darwin':
      return { command: 'caffeinate', args: ['-i', '-s'] };
    default:
      return {
        command: 'systemd-inhibit',
        args: ['--what=sleep:idle', '--who=Millpond', `--why=${why}`, 'sleep', 'infinity'],
      };
  }
}
