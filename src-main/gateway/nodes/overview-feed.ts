import type { Clock } from '../../core/clock.ts';
import type { PoolOverview } from './nodes.ts';

interface OverviewFeedDeps {
  readonly clock: Clock;
  readonly pools: () => readonly string[];
  /** Figures move without anybody saying so, such as tokens per second. */
  readonly isMoving: (poolId: string) => boolean;
  readonly compute: (poolId: string) => PoolOverview;
}

const everyMs = 500;
/** A pool so large that its picture takes long gets it less often: at most this share of the time. */
const maxShare = 0.01;

/** Tells pictures of pools to those who look: what changed, and what moves. */
export class OverviewFeed {
  private readonly deps: OverviewFeedDeps;
  private readonly listeners = new Set<(overview: PoolOverview) => void>();
  private readonly dirty = new Set<string>();
  private readonly moving = new Set<string>();
  private stopTimer: (() => void) | undefined;

  constructor(deps: OverviewFeedDeps) {
    this.deps = deps;
  }

  readonly changed = (poolId: string): void => {
    this.dirty.add(poolId);
  };

  listen(listener: (overview: PoolOverview) => void): () => void {
    this.listeners.add(listener);
    this.stopTimer ??= this.deps.clock.after(everyMs, this.tick);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  }

  close(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  private readonly tick = (): void => {
    const { clock, pools, isMoving, compute } = this.deps;
    const startedAt = clock.monotonic();
    for (const poolId of pools()) {
      const isMovingNow = isMoving(poolId);
      // Once more after the last movement, so that figures come to rest at zero.
      const isDue = this.dirty.has(poolId) || isMovingNow || this.moving.has(poolId);
      if (isMovingNow) this.moving.add(poolId);
      else this.moving.delete(poolId);
      if (!isDue) continue;
      const overview = compute(poolId);
      for (const listener of this.listeners) listener(overview);
    }
    this.dirty.clear();
    const tookMs = clock.monotonic() - startedAt;
    this.stopTimer = clock.after(Math.max(everyMs, tookMs / maxShare), this.tick);
  };
}
