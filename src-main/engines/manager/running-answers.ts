import { MillpondError } from '../../core/error.ts';

/** One answer of a model, while it has its turn. */
export interface RunningAnswer {
  /** Aborted with `preempted` when this machine's owner needs the turn. */
  readonly signal: AbortSignal;
  /** Gives the turn back; only the first call counts. */
  end(): void;
}

interface Entry {
  readonly isVisitor: boolean;
  readonly stop: AbortController;
  readonly end: () => void;
}

/** The answers that a model gives now, and for whom. */
export class RunningAnswers {
  /** Oldest first. */
  private readonly entries = new Set<Entry>();

  get ownerCount(): number {
    return this.entries.values().reduce((sum, { isVisitor }) => sum + (isVisitor ? 0 : 1), 0);
  }

  /** `leave` gives the turn back to the queue. */
  begin(isVisitor: boolean, leave: () => void): RunningAnswer {
    const stop = new AbortController();
    const end = (): void => {
      if (this.entries.delete(entry)) leave();
    };
    const entry: Entry = { isVisitor, stop, end };
    this.entries.add(entry);
    return { signal: stop.signal, end };
  }

  /** Ends the visitor's answer that has come least far. Its turn is over at once, also if nobody reads it. */
  preemptYoungest(): boolean {
    const youngest = [...this.entries].findLast(({ isVisitor }) => isVisitor);
    if (youngest === undefined) return false;
    youngest.stop.abort(preempted());
    youngest.end();
    return true;
  }

  /** Ends every visitor's answer. */
  preemptAll(): void {
    while (this.preemptYoungest());
  }
}

/** Whoever delivered the answer so far goes on elsewhere, or here a little later. */
function preempted(): MillpondError {
  return new MillpondError(
    'overloaded',
    'The owner of this machine needs it now; the answer goes on elsewhere or a little later',
    { reason: 'preempted' },
  );
}
