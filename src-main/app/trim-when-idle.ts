import type { Clock } from '../core/clock.ts';

interface TrimDeps {
  readonly clock: Pick<Clock, 'after'>;
  /** Nobody waits for anything: no request runs and nothing is being downloaded. */
  readonly isIdle: () => boolean;
  readonly trim: () => void;
}

/** Long enough that a pause between two messages is no idleness. */
const idleMs = 20_000;

/**
 * Gives memory back once after the start and once after each time of work, when it has been quiet for a
 * while. `worked` is to be called when something begins or ends.
 */
export function trimWhenIdle({ clock, isIdle, trim }: TrimDeps): {
  readonly worked: () => void;
  readonly stop: () => void;
} {
  let cancel = (): void => {};
  const wait = (): void => {
    cancel();
    cancel = clock.after(idleMs, () => {
      if (isIdle()) trim();
      else wait();
    });
  };
  wait();
  return {
    worked: wait,
    stop: () => {
      cancel();
    },
  };
}
