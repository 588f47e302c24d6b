import type { Clock } from '../../core/clock.ts';
import type { ErrorCode } from '../../core/error.ts';
import { assertNever } from '../../core/error.ts';

/** Leave to try one upstream once. Exactly one of its methods is called, once. */
export interface BreakerPermit {
  succeeded(): void;
  failed(code: ErrorCode): void;
  /** The caller left or was at fault: says nothing about the upstream. */
  released(): void;
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

/** One circuit breaker per upstream and model. Only failures that are the upstream's fault count. */
export interface Breakers {
  /** Undefined while the circuit is open. */
  tryEnter(key: string): BreakerPermit | undefined;
  /** Monotonic milliseconds until the circuit lets somebody try; 0 when it does now. */
  waitMs(key: string): number;
}

export function createBreakers(clock: Clock): Breakers {
  const states = new Map<string, BreakerState>();
  const stateOf = (key: string): BreakerState =>
    states.get(key) ?? { phase: 'closed', failures: 0 };

  function fail(key: string, code: ErrorCode): void {
    const state = stateOf(key);
    const blame = blameOf(code);
    if (blame === 'none') {
      release(key);
      return;
    }
    const failures = state.phase === 'closed' ? state.failures + 1 : failuresToOpen;
    if (blame === 'counts' && failures < failuresToOpen) {
      states.set(key, { phase: 'closed', failures });
      return;
    }
    const openings = state.phase === 'closed' ? 0 : state.openings + 1;
    const pauseMs =
      blame === 'credentials'
        ? credentialPauseMs
        : Math.min(maxPauseMs, firstPauseMs * 2 ** openings);
    states.set(key, { phase: 'open', retryAt: clock.monotonic() + pauseMs, openings });
  }

  /** A probe that told nothing leaves the door open for the next one. */
  function release(key: string): void {
    const state = stateOf(key);
    if (state.phase !== 'half-open') return;
    states.set(key, { phase: 'open', retryAt: clock.monotonic(), openings: state.openings });
  }

  return {
    tryEnter(key) {
      const state = stateOf(key);
      if (state.phase === 'half-open') return undefined;
      if (state.phase === 'open') {
        if (clock.monotonic() < state.retryAt) return undefined;
        states.set(key, { phase: 'half-open', openings: state.openings });
      }
      return {
        succeeded: () => {
          states.delete(key);
        },
        failed: (code) => {
          fail(key, code);
        },
        released: () => {
          release(key);
        },
      };
    },
    waitMs(key) {
      const state = stateOf(key);
      switch (state.phase) {
        case 'closed':
          return 0;
        case 'open':
          return Math.max(0, state.retryAt - clock.monotonic());
        case 'half-open':
          return firstPauseMs;
        default:
          return assertNever(state);
      }
    },
  };
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
