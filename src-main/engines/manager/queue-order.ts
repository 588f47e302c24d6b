/** A request that waits for its turn. */
export interface Waiting {
  /** Requests of one caller queue behind each other before they queue behind others. */
  readonly caller: string;
  /** 0 (background) to 9 (someone is waiting at the keyboard). */
  readonly priority: number;
  /** Monotonic milliseconds. */
  readonly since: number;
  /** Asks through a pool: its turn comes when nobody of this machine waits. */
  readonly isVisitor: boolean;
}

/** Waiting this long is worth one step of priority, so that nothing waits for ever. */
const agingStepMs = 5000;

/**
 * The request whose turn is next. Inside one priority it is the oldest request of the caller who
 * was served longest ago; between priorities the higher one goes first, and a lower one catches up
 * while its oldest request waits. Visitors come after everybody of this machine, however long they
 * wait. `lastTurns` counts turns: higher is more recent, absent is never.
 */
export function pickNext<T extends Waiting>(
  waiting: readonly T[],
  lastTurns: ReadonlyMap<string, number>,
  now: number,
): T | undefined {
  const owners = waiting.filter((entry) => !entry.isVisitor);
  const line = owners.length > 0 ? owners : waiting;
  const turnOf = (entry: T): number => lastTurns.get(entry.caller) ?? -1;
  const classes = Map.groupBy(line, (entry) => entry.priority)
    .entries()
    .map(([priority, entries]) => ({
      urgency: priority + Math.floor((now - oldestSince(entries)) / agingStepMs),
      first: entries.reduce((best, entry) =>
        (turnOf(entry) - turnOf(best) || entry.since - best.since) < 0 ? entry : best,
      ),
    }));
  return classes.reduce<{ urgency: number; first: T } | undefined>(
    (best, each) => (best === undefined || each.urgency > best.urgency ? each : best),
    undefined,
  )?.first;
}

function oldestSince(entries: readonly Waiting[]): number {
  return entries.reduce((oldest, entry) => Math.min(oldest, entry.since), Infinity);
}

/**
 * When a refused caller should try again: the time that everything before it needs, at the pace
 * seen so far.
 */
export function estimateWaitMs(queue: {
  readonly waiting: number;
  readonly slots: number;
  readonly averageServiceMs: number;
}): number {
  const rounds = (queue.waiting + 1) / Math.max(1, queue.slots);
  return Math.ceil(Math.min(600_000, Math.max(1000, rounds * queue.averageServiceMs)));
}
