import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { RequestLogStore } from '../ports.ts';

interface KeepRecentDeps {
  readonly store: RequestLogStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const keptMs = 90 * 24 * 60 * 60_000;
const everyMs = 24 * 60 * 60_000;

/** Forgets requests older than 90 days, now and once a day. The returned function stops that. */
export function keepRecent({ store, clock, logger }: KeepRecentDeps): () => void {
  let stopTimer: () => void;
  const prune = (): void => {
    stopTimer = clock.after(everyMs, prune);
    void store.prune(clock.now() - keptMs).catch((error: unknown) => {
      logger.warn({ err: error }, 'old requests were not removed');
    });
  };
  prune();
  return () => {
    stopTimer();
  };
}
