import type { Timing } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { clampTiming } from '../wire/protocol.ts';

/** Whoever was connected for so long begins with short pauses again. */
const steadyMs = 60_000;
/** Apart from each other while answers wait to be resumed. */
const urgentMs = 1_000;
/** A gateway that stops cannot send its machines away for longer. */
const longestToldMs = 10 * 60_000;

/**
 * Pauses between two connections: exponential with full jitter (AWS Architecture Blog, "Exponential
 * Backoff and Jitter"), so that a gateway that comes back is not run over by all its machines at once.
 */
export class ReconnectPause {
  private readonly random: () => number;
  private timing: Pick<Timing, 'reconnectFirstMs' | 'reconnectCapMs'> = clampTiming(undefined);
  private attempt = 0;

  constructor(random: () => number) {
    this.random = random;
  }

  /** What the gateway told, already clamped. */
  follow(timing: Pick<Timing, 'reconnectFirstMs' | 'reconnectCapMs'>): void {
    this.timing = timing;
  }

  /** A connection ended after `ms` of being up. */
  wasUpFor(ms: number): void {
    if (ms >= steadyMs) this.reset();
  }

  reset(): void {
    this.attempt = 0;
  }

  /** Milliseconds until the next attempt. `toldMs`: the gateway said when it is back. */
  next(now: { readonly hasLiveRuns: boolean; readonly toldMs?: number | undefined }): number {
    const { reconnectFirstMs, reconnectCapMs } = this.timing;
    const ceiling = Math.min(reconnectCapMs, reconnectFirstMs * 2 ** this.attempt);
    this.attempt += 1;
    if (now.toldMs !== undefined) {
      return Math.min(longestToldMs, Math.max(0, now.toldMs)) + this.random() * urgentMs;
    }
    return this.random() * (now.hasLiveRuns ? Math.min(urgentMs, ceiling) : ceiling);
  }
}
