import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import { followProgram } from './long-lived.ts';
import type { SignalSource } from './owner-readings.ts';
import { known, unknown } from './told.ts';

const noDisplay = 'no X11 display tells what runs full screen';

/**
 * Follows which window is in front, and whether that one is full screen. X11 only; under Wayland it
 * sees the programs that still speak X11, which most games do.
 */
export function linuxFullScreen(deps: {
  readonly launcher: ProgramLauncher;
  /** Of the environment; undefined without X11. */
  readonly display: string | undefined;
}): SignalSource {
  const { launcher, display } = deps;
  return {
    serves: ['fullScreen'],
    start(report) {
      if (display === undefined) {
        report('fullScreen', unknown(noDisplay));
        return () => {};
      }
      let active: string | undefined;
      let leaveWindow = (): void => {};
      const follow = (window: string): void => {
        if (window === active) return;
        active = window;
        leaveWindow();
        let program: string | undefined;
        leaveWindow = followProgram({
          ...{ launcher, command: 'xprop' },
          args: ['-id', window, '-spy', 'WM_CLASS', '_NET_WM_STATE'],
          onLine: (line) => {
            program = parseWindowClass(line) ?? program;
            const isOn = parseFullScreen(line);
            if (isOn === undefined) return;
            report('fullScreen', known({ isOn, ...(program !== undefined && { program }) }));
          },
          onGone: () => {
            report('fullScreen', known({ isOn: false })); // The window was closed.
          },
        });
      };
      const leaveRoot = followProgram({
        ...{ launcher, command: 'xprop' },
        args: ['-root', '-spy', '_NET_ACTIVE_WINDOW'],
        onLine: (line) => {
          const window = parseActiveWindow(line);
          if (window !== undefined) follow(window);
        },
        onGone: () => {
          leaveWindow();
          report('fullScreen', unknown('xprop is not installed or cannot reach the display'));
        },
      });
      return () => {
        leaveWindow();
        leaveRoot();
      };
    },
  };
}

/** Reads `_NET_ACTIVE_WINDOW(WINDOW): window id # 0x3a00007`; undefined when no window is in front. */
export function parseActiveWindow(line: string): string | undefined {
  const id = /^_NET_ACTIVE_WINDOW\(WINDOW\): window id # (0x[0-9a-f]+)/.exec(line)?.[1];
  return id === '0x0' ? undefined : id;
}

/** Reads `_NET_WM_STATE(ATOM) = _NET_WM_STATE_FULLSCREEN, …`; undefined for other properties. */
export function parseFullScreen(line: string): boolean | undefined {
  if (!line.startsWith('_NET_WM_STATE')) return undefined;
  return line.includes('_NET_WM_STATE_FULLSCREEN');
}

/** Reads `WM_CLASS(STRING) = "vlc", "vlc"`: the second one is the program's. */
export function parseWindowClass(line: string): string | undefined {
  return /^WM_CLASS\(STRING\) = "[^"]*", "([^"]+)"/.exec(line)?.[1];
}
