import type { Clock } from '../../core/clock.ts';
import type { ErrorCode } from '../../core/error.ts';

/** Leave to try one upstream once. Exactly one of its methods is called, once. */
export interface BreakerPermit {
  readonly succeeded: () => void;
  readonly failed: (code: ErrorCode) => void;
  /** The caller left or was at fault: says nothing about the upstream. */
  readonly released: () => void;
}

/**
 * - `closed` requests pass; failures in a row are counted
 * - `open` refused until `retryAt`
 * - `half-open` one probe is under way, everybody else is refused
 */
type BreakerState =
  | { readonly phase: 'closed'; readonly failures: number }
  | { readonly phase: 'open'; readonly retryAt: number; readonly openings: number }
  | { readonly phase: 'half-open'; readonly openings: number };

const failuresToOpen = 3;
const firstPauseMs = 2000;
const maxPauseMs = 60_000;
/** Refused credentials don't heal by themselves. */
const credentialPauseMs = 30 * 60_000;

const closed: BreakerState = { phase: 'closed', failures: 0 };

/** One circuit breaker per upstream and model. Only failures that are the upstream's fault count. */
export class Breakers {
  private readonly clock: Clock;
  private readonly states = new Map<string, BreakerState>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Undefined while the circuit is open, or half-open with its probe under way. */
  tryEnter(key: string): BreakerPermit | undefined {
    const state = this.stateOf(key);
    if (state.phase === 'half-open') return undefined;
    if (state.phase === 'open') {
      if (this.clock.monotonic() < state.retryAt) return undefined;
      this.states.set(key, { phase: 'half-open', openings: state.openings });
    }
    return {
      succeeded: () => {
        this.states.delete(key);
      },
      failed: (code) => {
        this.fail(key, code);
      },
      released: () => {
        this.release(key);
      },
    };
  }

  /** Milliseconds until the circuit lets somebody try; 0 when it does now. */
  waitMs(key: string): number {
    const state = this.stateOf(key);
    switch (state.phase) {
      case 'closed':
        return 0;
      case 'open':
        return Math.max(0, state.retryAt - this.clock.monotonic());
      case 'half-open':
        return firstPauseMs;
    }
  }

  private stateOf(key: string): BreakerState {
    return this.states.get(key) ?? closed;
  }

  private fail(key: string, code: ErrorCode): void {
    const state = this.stateOf(key);
    const blame = blameOf(code);
    if (blame === 'none') {
      this.release(key);
      return;
    }
    const failures = state.phase === 'closed' ? state.failures + 1 : failuresToOpen;
    if (blame === 'counts' && failures < failuresToOpen) {
      this.states.set(key, { phase: 'closed', failures });
      return;
    }
    const openings = state.phase === 'closed' ? 0 : state.openings + 1;
    const pauseMs =
      blame === 'credentials'
        ? credentialPauseMs
        : Math.min(maxPauseMs, firstPauseMs * 2 ** openings);
    this.states.set(key, { phase: 'open', retryAt: this.clock.monotonic() + pauseMs, openings });
  }

  /** A probe that told nothing leaves the door open for the next one. */
  private release(key: string): void {
    const state = this.stateOf(key);
    if (state.phase !== 'half-open') return;
    const retryAt = this.clock.monotonic();
    this.states.set(key, { phase: 'open', retryAt, openings: state.openings });
  }
}

/**
 * Whose fault a failure is. A full queue is honest work, not a fault; a model that does not load or
 * fit is known to the engine's own restart policy, whose reason must reach the caller.
 */
export function blameOf(code: ErrorCode): 'none' | 'counts' | 'credentials' {
  switch (code) {
    case 'unavailable':
    case 'engine-crashed':
    case 'timeout':
    case 'internal':
    case 'storage-full':
      return 'counts';
    case 'unauthenticated':
      return 'credentials';
    case 'invalid-request':
    case 'unsupported-capability':
    case 'context-overflow':
    case 'forbidden':
    case 'model-not-found':
    case 'not-found':
    case 'conflict':
    case 'method-not-allowed':
    case 'too-large':
    case 'rate-limited':
    case 'overloaded':
    case 'model-load-failed':
    case 'out-of-memory':
    case 'cancelled':
      return 'none';
  }
}
