import type { Clock } from '../../core/clock.ts';
import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import { followProgram } from './long-lived.ts';
import type { SignalSource } from './owner-readings.ts';
import { pollMs } from './poll.ts';
import { known, unknown } from './told.ts';

/** What one line of the bus monitor says about whether the person is there. */
export interface IdleHint {
  readonly isIdle?: boolean;
  /** Epoch milliseconds since the hint is what it is. */
  readonly since?: number;
}

const noSession = 'no desktop session tells when it is idle';
/** Of the properties that the session's manager announces. */
const monitor = ['monitor', '--system', '--dest', 'org.freedesktop.login1'] as const;

/**
 * The desktop tells the system's login manager when nobody touched anything for a while, and that
 * announces it on the bus: one listening program, no polling. Until the first announcement the person
 * counts as present since we began to listen.
 */
export function linuxIdle(deps: {
  readonly launcher: ProgramLauncher;
  readonly clock: Clock;
  /** A graphical session exists; without one nobody sets the hint. */
  readonly hasDesktop: boolean;
}): SignalSource {
  const { launcher, clock, hasDesktop } = deps;
  return {
    serves: ['idle'],
    start(report) {
      if (!hasDesktop) {
        report('idle', unknown(noSession));
        return () => {};
      }
      let idleSince: number | undefined;
      let cancel = (): void => {};
      const tell = (): void => {
        report('idle', known(idleSince === undefined ? 0 : Math.max(0, clock.now() - idleSince)));
        cancel = clock.after(pollMs, tell);
      };
      const stop = followProgram({
        ...{ launcher, command: 'gdbus', args: monitor },
        onLine: (line) => {
          const hint = parseIdleHint(line);
          if (hint.isIdle === undefined) return;
          idleSince = hint.isIdle ? (hint.since ?? clock.now()) : undefined;
          cancel();
          tell();
        },
        onGone: () => {
          cancel();
          report('idle', unknown('gdbus is not installed, which tells when the desktop is idle'));
        },
      });
      tell();
      return () => {
        cancel();
        stop();
      };
    },
  };
}

/**
 * Reads a line of `gdbus monitor`, such as `/org/freedesktop/login1/session/_32:
 * org.freedesktop.DBus.Properties.PropertiesChanged ('org.freedesktop.login1.Session', {'IdleHint':
 * <true>, 'IdleSinceHint': <uint64 1763736000000000>, …}, @as [])`. Empty for every other line.
 */
export function parseIdleHint(line: string): IdleHint {
  if (!line.includes('org.freedesktop.login1.Session')) return {};
  const isIdle = /'IdleHint': <(true|false)>/.exec(line)?.[1];
  const since = /'IdleSinceHint': <(?:uint64 )?(\d+)>/.exec(line)?.[1];
  return {
    ...(isIdle !== undefined && { isIdle: isIdle === 'true' }),
    // Microseconds; 0 while nobody set it.
    ...(since !== undefined && since !== '0' && { since: Math.floor(Number(since) / 1000) }),
  };
}
