import type { Clock } from '../../core/clock.ts';
import type { Timing } from '../gen/millpond/tunnel/v1/tunnel.ts';

/**
 * Notices when nothing at all comes from the gateway any more: after some missed heartbeats, or much
 * sooner while answers are under way.
 */
export class SilenceWatch {
  private readonly deps: {
    readonly clock: Pick<Clock, 'monotonic' | 'after'>;
    readonly timing: Pick<Timing, 'idleHeartbeatMs' | 'missedHeartbeats' | 'runSilenceMs'>;
    readonly onSilent: () => void;
  };
  private lastHeardAt: number;
  /** Since when the shorter bound holds. */
  private liveSince: number | undefined;
  private cancelTimer = (): void => {};

  constructor(deps: SilenceWatch['deps']) {
    this.deps = deps;
    this.lastHeardAt = deps.clock.monotonic();
    this.watch();
  }

  /** Anything came. */
  heard(): void {
    this.lastHeardAt = this.deps.clock.monotonic();
  }

  /** Whether answers are under way. What began just now is not late yet. */
  setLive(isLive: boolean): void {
    if (isLive === (this.liveSince !== undefined)) return;
    this.liveSince = isLive ? this.deps.clock.monotonic() : undefined;
    this.watch();
  }

  stop(): void {
    this.cancelTimer();
  }

  private watch(): void {
    this.cancelTimer();
    const leftMs = this.silentAt() - this.deps.clock.monotonic();
    this.cancelTimer = this.deps.clock.after(Math.max(1, leftMs), () => {
      if (this.deps.clock.monotonic() >= this.silentAt()) this.deps.onSilent();
      else this.watch();
    });
  }

  private silentAt(): number {
    const { idleHeartbeatMs, missedHeartbeats, runSilenceMs } = this.deps.timing;
    return this.liveSince === undefined
      ? this.lastHeardAt + idleHeartbeatMs * missedHeartbeats
      : Math.max(this.lastHeardAt, this.liveSince) + runSilenceMs;
  }
}
