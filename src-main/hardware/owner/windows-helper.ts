import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import { followProgram } from './long-lived.ts';
import type { Report, SignalSource } from './owner-readings.ts';
import { programName } from './program-name.ts';
import { known, unknown } from './told.ts';

/**
 * One PowerShell for all three signals: it prints a line of each every five seconds. What it asks are
 * functions of the system; it starts nothing itself.
 */
const script = `
$ErrorActionPreference = 'Stop'
Add-Type @'
using System;
using System.Runtime.InteropServices;
public static class Owner {
  [StructLayout(LayoutKind.Sequential)] struct Input { public uint size; public uint time; }
  [DllImport("user32.dll")] static extern bool GetLastInputInfo(ref Input input);
  [DllImport("shell32.dll")] static extern int SHQueryUserNotificationState(out int state);
  public static uint IdleMs() {
    var input = new Input(); input.size = (uint)Marshal.SizeOf(input);
    GetLastInputInfo(ref input);
    return unchecked((uint)Environment.TickCount - input.time);
  }
  public static int State() { int state; SHQueryUserNotificationState(out state); return state; }
}
'@
while ($true) {
  [Console]::WriteLine('idle ' + [Owner]::IdleMs())
  [Console]::WriteLine('state ' + [Owner]::State())
  [Console]::WriteLine('programs ' + ([Diagnostics.Process]::GetProcesses().ProcessName -join '|'))
  Start-Sleep -Seconds 5
}
`;

const gone = 'PowerShell was not allowed to run, which tells what the computer is doing';
/** Busy, a Direct3D program in exclusive mode, and a presentation. */
const fullScreenStates: ReadonlySet<string> = new Set(['2', '3', '4']);

export function windowsHelper({ launcher }: { readonly launcher: ProgramLauncher }): SignalSource {
  return {
    serves: ['idle', 'fullScreen', 'programs'],
    start: (report) =>
      followProgram({
        ...{ launcher, command: 'powershell.exe' },
        args: ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-Command', script],
        onLine: (line) => {
          reportWindowsLine(line, report);
        },
        onGone: () => {
          for (const name of ['idle', 'fullScreen', 'programs'] as const) {
            report(name, unknown(gone));
          }
        },
      }),
  };
}

/** Reads one line of the helper; others are ignored. */
export function reportWindowsLine(line: string, report: Report): void {
  const [kind = '', ...rest] = line.trim().split(' ');
  const value = rest.join(' ');
  switch (kind) {
    case 'idle':
      if (/^\d+$/.test(value)) report('idle', known(Number(value)));
      return;
    case 'state':
      report('fullScreen', known({ isOn: fullScreenStates.has(value) }));
      return;
    case 'programs':
      report('programs', known(new Set(value.split('|').map(programName))));
      return;
  }
}
