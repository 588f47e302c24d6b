import type { Clock } from '../../core/clock.ts';
import type { MillpondError } from '../../core/error.ts';
import type { Upstream } from '../ports.ts';

/** A machine that was too busy is asked again after so long, then after twice that. */
const firstRestMs = 1000;
const longestRestMs = 10_000;
/** After so many refusals it has failed like any other. */
const maxRests = 4;

/** What this request has been through with each upstream. */
export class History {
  /** The latest failure that was not only a lack of room; the latest at all if there was none. */
  lastFailure: MillpondError | undefined;
  /** The longest context that was too short, in tokens. */
  tooShortContext: number | undefined;
  private readonly clock: Clock;
  private readonly failed = new Set<string>();
  /** Those that were too slow to begin the answer. */
  private readonly slow = new Set<string>();
  private isGoingOn = false;
  private readonly rests = new Map<string, { readonly count: number; readonly until: number }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * A machine that gave its place to its owner, or whose slots filled up meanwhile, only needs a rest; so
   * does one that was too slow to take the rest of an answer, which few can go on with. Everything else
   * is over for this request, unless the machine comes back as a new connection.
   */
  note(upstream: Upstream, failure: MillpondError): void {
    this.lastFailure = failure;
    if (failure.code === 'context-overflow') {
      const length = upstream.offer?.contextLength ?? 0;
      this.tooShortContext = Math.max(this.tooShortContext ?? 0, length);
    }
    const key = keyOf(upstream);
    const count = (this.rests.get(key)?.count ?? 0) + 1;
    const { reason } = failure;
    const isSlow = reason === 'not-accepted';
    const isSlowToGoOn = isSlow && this.isGoingOn;
    if (isSlow && !isSlowToGoOn) this.slow.add(key);
    else this.slow.delete(key);
    const isBusy = reason === 'preempted' || isSlowToGoOn || isFull(upstream, failure);
    if (!isBusy || count > maxRests) {
      this.failed.add(key);
      return;
    }
    const usual = Math.min(longestRestMs, firstRestMs * 2 ** (count - 1));
    const restMs = Math.min(longestRestMs, failure.retryAfterMs ?? usual);
    this.rests.set(key, { count, until: this.clock.monotonic() + restMs });
  }

  /** Part of the answer is out: who was only too slow to begin it may still go on with it. */
  goesOn(): void {
    this.isGoingOn = true;
    for (const key of this.slow) this.failed.delete(key);
    this.slow.clear();
  }

  hasFailed(upstream: Upstream): boolean {
    return this.failed.has(keyOf(upstream));
  }

  /** Milliseconds until it should be asked again; 0: now. */
  restMs(upstream: Upstream): number {
    const until = this.rests.get(keyOf(upstream))?.until ?? 0;
    return Math.max(0, until - this.clock.monotonic());
  }
}

/**
 * Only who tells how much room it has is waited for: others have a line of their own. An owner's limit
 * is one of room when it says when to come back.
 */
function isFull({ offer }: Upstream, { code, reason, retryAfterMs }: MillpondError): boolean {
  if (code !== 'overloaded' || offer?.slots === undefined) return false;
  if (reason === 'owner-limits') return retryAfterMs !== undefined;
  return reason === undefined || reason === 'no-slot';
}

function keyOf({ id, epoch }: Upstream): string {
  return `${id}\n${epoch ?? ''}`;
}
