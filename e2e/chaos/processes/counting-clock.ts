import type { Clock } from '../../../src-main/core/clock.ts';
import { systemClock } from '../../../src-main/platform/system-clock.ts';

/** The computer's clock, that jumps when it is told to, and knows how many timers wait. */
export interface CountingClock extends Clock {
  readonly pendingTimers: number;
  /** Only what people see jumps: intervals go on as before, as in a real computer. */
  shift(byMs: number): void;
}

export function createCountingClock(): CountingClock {
  let offsetMs = 0;
  let pendingTimers = 0;
  return {
    get pendingTimers() {
      return pendingTimers;
    },
    shift(byMs) {
      offsetMs += byMs;
    },
    now: () => systemClock.now() + offsetMs,
    monotonic: () => systemClock.monotonic(),
    async sleep(ms, signal) {
      pendingTimers += 1;
      try {
        await systemClock.sleep(ms, signal);
      } finally {
        pendingTimers -= 1;
      }
    },
    after(ms, run) {
      pendingTimers += 1;
      let isPending = true;
      const over = (): void => {
        if (isPending) pendingTimers -= 1;
        isPending = false;
      };
      const cancel = systemClock.after(ms, () => {
        over();
        run();
      });
      return () => {
        over();
        cancel();
      };
    },
  };
}
