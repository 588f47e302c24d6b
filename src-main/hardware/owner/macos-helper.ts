import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import { followProgram } from './long-lived.ts';
import type { Report, SignalSource } from './owner-readings.ts';
import { programName } from './program-name.ts';
import { known, unknown } from './told.ts';

/** Counts keyboard, mouse and everything else; prints a line of each signal every five seconds. */
const script = `
ObjC.import('CoreGraphics');
ObjC.import('AppKit');
for (;;) {
  console.log('idle ' + $.CGEventSourceSecondsSinceLastEventType(1, 4294967295));
  const apps = ObjC.unwrap($.NSWorkspace.sharedWorkspace.runningApplications);
  console.log('programs ' + apps.map((app) => ObjC.unwrap(app.localizedName)).join('|'));
  $.NSRunLoop.currentRunLoop.runUntilDate($.NSDate.dateWithTimeIntervalSinceNow(5));
}
`;

const gone = 'osascript was not allowed to run, which tells what the computer is doing';

/** One long-lived helper. macOS lets other programs see full screen only with a permission of their own. */
export function macosHelper({ launcher }: { readonly launcher: ProgramLauncher }): SignalSource {
  return {
    serves: ['idle', 'fullScreen', 'programs'],
    start(report) {
      report('fullScreen', unknown('macOS does not tell what runs full screen'));
      return followProgram({
        ...{ launcher, command: 'osascript', args: ['-l', 'JavaScript', '-e', script] },
        onLine: (line) => {
          reportMacosLine(line, report);
        },
        onGone: () => {
          report('idle', unknown(gone));
          report('programs', unknown(gone));
        },
      });
    },
  };
}

/** Reads one line of the helper; others are ignored. */
export function reportMacosLine(line: string, report: Report): void {
  const idle = /^idle (\d+(?:\.\d+)?)$/.exec(line)?.[1];
  if (idle !== undefined) report('idle', known(Math.round(Number(idle) * 1000)));
  const programs = /^programs (.+)$/.exec(line)?.[1];
  if (programs !== undefined)
    report('programs', known(new Set(programs.split('|').map(programName))));
}
