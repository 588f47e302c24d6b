import type { Clock } from '../../core/clock.ts';
import type { ErrorCode } from '../../core/error.ts';

/** Leave to try one upstream once. Exactly one of its methods is called, once. */
export interface BreakerPermit {
  readonly succeeded: () => void;
  /** `reason` is for people. */
  readonly failed: (code: ErrorCode, reason?: string) => void;
  /** The caller left or was at fault: says nothing about the upstream. */
  readonly released: () => void;
}

/**
 * - `closed` requests pass; failures in a row and among the latest outcomes are counted
 * - `open` refused until `retryAt`
 * - `half-open` one probe is under way, everybody else is refused
 */
type BreakerState =
  | { readonly phase: 'closed'; readonly inRow: number; readonly latest: readonly boolean[] }
  | ({ readonly phase: 'open'; readonly retryAt: number } & Opening)
  | ({ readonly phase: 'half-open' } & Opening);

interface Opening {
  readonly openings: number;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly reason: string;
}

/** A circuit that lets nobody pass, or one probe alone. Times are epoch milliseconds. */
export interface OpenCircuit {
  readonly key: string;
  readonly phase: 'open' | 'half-open';
  readonly since: number;
  readonly retryAt?: number;
  readonly reason: string;
}

const failuresInRow = 3;
/** Who answers now and then is no better than who never does: so many failures among the latest. */
const failuresOfLatest = 5;
const latestCount = 10;
const firstPauseMs = 2000;
const maxPauseMs = 60_000;
/** Refused credentials don't heal by themselves. */
const credentialPauseMs = 30 * 60_000;

const closed: BreakerState = { phase: 'closed', inRow: 0, latest: [] };

/** One circuit breaker per upstream and model. Only failures that are the upstream's fault count. */
export class Breakers {
  private readonly clock: Clock;
  private readonly onChanged: (key: string) => void;
  private readonly circuits = new Map<string, BreakerState>();

  /** `onChanged` is told of every circuit that opens, closes or is probed. */
  constructor(clock: Clock, onChanged: (key: string) => void = () => {}) {
    this.clock = clock;
    this.onChanged = onChanged;
  }

  /** Undefined while the circuit is open, or half-open with its probe under way. */
  tryEnter(key: string): BreakerPermit | undefined {
    const state = this.stateOf(key);
    if (state.phase === 'closed') return this.permit(key);
    if (state.phase === 'half-open' || this.clock.monotonic() < state.retryAt) return undefined;
    const { openings, since, reason } = state;
    this.enter(key, { phase: 'half-open', openings, since, reason });
    return this.probe(key);
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

  /** Circuits that are not closed. */
  states(): readonly OpenCircuit[] {
    return [...this.circuits].flatMap(([key, state]): readonly OpenCircuit[] => {
      if (state.phase === 'closed') return [];
      const { phase, since, reason } = state;
      if (phase === 'half-open') return [{ key, phase, since, reason }];
      const waitMs = state.retryAt - this.clock.monotonic();
      return [{ key, phase, since, reason, retryAt: this.clock.now() + Math.max(0, waitMs) }];
    });
  }

  /** Of every circuit that something is known about. */
  keys(): readonly string[] {
    return [...this.circuits.keys()];
  }

  /** Closes the circuit and forgets what was counted. */
  reset(key: string): void {
    const wasClosed = this.stateOf(key).phase === 'closed';
    this.circuits.delete(key);
    if (!wasClosed) this.onChanged(key);
  }

  private stateOf(key: string): BreakerState {
    return this.circuits.get(key) ?? closed;
  }

  /** What ends after the circuit has opened says nothing about the time since. */
  private permit(key: string): BreakerPermit {
    return {
      succeeded: () => {
        this.count(key, true);
      },
      failed: (code, reason) => {
        if (blameOf(code) !== 'none') this.count(key, false, code, reason);
      },
      released: () => {},
    };
  }

  private count(key: string, isSuccess: boolean, code?: ErrorCode, reason?: string): void {
    const state = this.stateOf(key);
    if (state.phase !== 'closed') return;
    const latest = [...state.latest, isSuccess].slice(-latestCount);
    const inRow = isSuccess ? 0 : state.inRow + 1;
    const failures = latest.filter((each) => !each).length;
    const isTooMuch = inRow >= failuresInRow || failures >= failuresOfLatest;
    if (code !== undefined && (isTooMuch || blameOf(code) === 'credentials')) {
      this.open(key, { code, reason, openings: 0 });
    } else if (failures === 0) this.circuits.delete(key);
    else this.circuits.set(key, { phase: 'closed', inRow, latest });
  }

  /** The one request that finds out whether it is over. */
  private probe(key: string): BreakerPermit {
    const state = (): Extract<BreakerState, { phase: 'half-open' }> | undefined => {
      const now = this.stateOf(key);
      return now.phase === 'half-open' ? now : undefined;
    };
    // A probe that told nothing leaves the door open for the next one.
    const release = (): void => {
      const probed = state();
      if (probed === undefined) return;
      this.enter(key, { ...probed, phase: 'open', retryAt: this.clock.monotonic() });
    };
    return {
      succeeded: () => {
        if (state() !== undefined) this.reset(key);
      },
      failed: (code, reason) => {
        const probed = state();
        if (blameOf(code) === 'none') release();
        else if (probed) this.open(key, { code, reason, openings: probed.openings + 1 });
      },
      released: release,
    };
  }

  private open(
    key: string,
    {
      code,
      reason = code,
      openings,
    }: {
      readonly code: ErrorCode;
      readonly reason?: string | undefined;
      readonly openings: number;
    },
  ): void {
    const pauseMs =
      blameOf(code) === 'credentials'
        ? credentialPauseMs
        : Math.min(maxPauseMs, firstPauseMs * 2 ** openings);
    const retryAt = this.clock.monotonic() + pauseMs;
    this.enter(key, { phase: 'open', retryAt, openings, since: this.clock.now(), reason });
  }

  private enter(key: string, state: BreakerState): void {
    this.circuits.set(key, state);
    this.onChanged(key);
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
