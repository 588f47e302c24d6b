import type { Clock } from '../../core/clock.ts';

/** Runs at once, and again when it was wanted meanwhile, but never twice within `everyMs`. */
export function coalesced(clock: Clock, everyMs: number, run: () => void): () => void {
  let isResting = false;
  let isWanted = false;
  const go = (): void => {
    isResting = true;
    isWanted = false;
    clock.after(everyMs, () => {
      isResting = false;
      if (isWanted) go();
    });
    run();
  };
  return () => {
    isWanted = true;
    if (!isResting) go();
  };
}
