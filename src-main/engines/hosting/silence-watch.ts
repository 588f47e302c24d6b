import type { Clock } from '../../core/clock.ts';

interface SilenceWatchOptions {
  readonly clock: Clock;
  /** Silence for longer than this is reported, once. */
  readonly limitMs: number;
  readonly onSilence: () => void;
}

export interface SilenceWatch {
  /** A sign of life. */
  heard(): void;
  stop(): void;
}

/** The last part of the limit runs as a second timer: after the computer slept, waiting signs of life come first. */
const graceMs = 1000;

/** Notices that something which should report regularly has gone quiet. */
export function watchSilence({ clock, limitMs, onSilence }: SilenceWatchOptions): SilenceWatch {
  let isStopped = false;
  let cancel = (): void => {};
  function arm(): void {
    cancel = clock.after(limitMs - graceMs, () => {
      cancel = clock.after(graceMs, onSilence);
    });
  }
  arm();
  return {
    heard() {
      if (isStopped) return;
      cancel();
      arm();
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
