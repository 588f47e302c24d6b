import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { RequestLogStore } from '../ports.ts';

/** How much of the request log is kept; the stricter of both holds. */
export interface LogRetention {
  readonly keepDays: number;
  readonly maxBytes: number;
}

interface KeepRecentDeps {
  readonly store: Pick<RequestLogStore, 'size' | 'deleteOldest'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Read before each round; 90 days and a gigabyte if absent. */
  readonly retention?: () => LogRetention;
}

const dayMs = 24 * 60 * 60_000;
const everyMs = 60 * 60_000;
/** Writers and readers get their turn between two pieces. */
const rowsPerPiece = 500;
const defaultRetention: LogRetention = { keepDays: 90, maxBytes: 1_000_000_000 };

/** Forgets requests that are too old or too many, now and every hour. The returned function stops that. */
export function keepRecent(deps: KeepRecentDeps): () => void {
  const { clock, logger } = deps;
  const stop = new AbortController();
  let stopTimer: () => void = () => {};
  const round = (): void => {
    stopTimer = clock.after(everyMs, round);
    void forget(deps, stop.signal).catch((error: unknown) => {
      logger.warn({ err: error }, 'old requests were not removed');
    });
  };
  round();
  return () => {
    stop.abort();
    stopTimer();
  };
}

async function forget(deps: KeepRecentDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, retention = () => defaultRetention } = deps;
  const { keepDays, maxBytes } = retention();
  const before = clock.now() - keepDays * dayMs;
  let deleted = rowsPerPiece;
  while (deleted === rowsPerPiece) {
    if (isAborted(signal)) return;
    deleted = await store.deleteOldest(rowsPerPiece, before);
  }
  let excess = excessRows(await store.size(), maxBytes);
  while (excess > 0) {
    if (isAborted(signal)) return;
    deleted = await store.deleteOldest(Math.min(rowsPerPiece, excess));
    if (deleted === 0) return;
    excess -= deleted;
  }
}

/** Asked anew each time: it changes while the store is waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** How many of the oldest are to go; rows are reckoned to be of one size. */
function excessRows({ rows, bytes }: { rows: number; bytes: number }, maxBytes: number): number {
  return bytes <= maxBytes ? 0 : Math.ceil((rows * (bytes - maxBytes)) / bytes);
}
