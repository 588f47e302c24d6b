import type { Clock } from '../../core/clock.ts';
import type { Heartbeat, Timing } from '../gen/millpond/tunnel/v1/tunnel.ts';

export interface HeartbeatDeps {
  readonly clock: Clock;
  readonly timing: Timing;
  /** Whether something is being answered: then silence is noticed sooner. */
  readonly isLive: () => boolean;
  readonly send: (heartbeat: Heartbeat) => void;
  /** The other side was silent for too long. Called once. */
  readonly onSilent: (silentMs: number) => void;
}

/** Sent heartbeats whose answer would still tell a round trip. */
const maxUnanswered = 64;

/**
 * The pulse of one connection: pings the node, which answers each at once, and notices when nothing at
 * all comes any more. Frames of answers count as signs of life.
 */
export class Heartbeats {
  private readonly deps: HeartbeatDeps;
  private sequence = 0;
  private theirSequence = 0;
  private lastHeardAt: number;
  private lastSentAt: number;
  /** Since when silence is measured by the shorter bound; undefined while idle. */
  private liveSince: number | undefined;
  private readonly sentAt = new Map<number, number>();
  private cancelTimer: (() => void) | undefined;
  private isStopped = false;
  private roundTrip: number | undefined;

  constructor(deps: HeartbeatDeps) {
    this.deps = deps;
    this.lastHeardAt = this.lastSentAt = deps.clock.monotonic();
  }

  /** Milliseconds from a ping to its answer, as last seen. */
  get roundTripMs(): number | undefined {
    return this.roundTrip;
  }

  /** Pings at once and keeps doing so. */
  start(): void {
    this.ping();
    this.schedule();
  }

  stop(): void {
    this.isStopped = true;
    this.cancelTimer?.();
  }

  /** Anything came from the other side. */
  heard(): void {
    this.lastHeardAt = this.deps.clock.monotonic();
  }

  /** Call when answering may have begun or ended: the pace changes at once. */
  paceChanged(): void {
    if (this.isStopped) return;
    const isLive = this.deps.isLive();
    if (isLive === (this.liveSince !== undefined)) return;
    this.liveSince = isLive ? this.deps.clock.monotonic() : undefined;
    if (isLive) this.ping();
    this.schedule();
  }

  received({ sequence, acknowledged }: Heartbeat): void {
    this.theirSequence = Math.max(this.theirSequence, sequence);
    const sentAt = this.sentAt.get(acknowledged);
    if (sentAt === undefined) return;
    this.roundTrip = this.deps.clock.monotonic() - sentAt;
    for (const older of this.sentAt.keys()) {
      if (older <= acknowledged) this.sentAt.delete(older);
    }
  }

  private ping(): void {
    const now = this.deps.clock.monotonic();
    this.sequence += 1;
    this.lastSentAt = now;
    if (this.sentAt.size < maxUnanswered) this.sentAt.set(this.sequence, now);
    this.deps.send({
      sequence: this.sequence,
      acknowledged: this.theirSequence,
      loadJson: Buffer.alloc(0),
      sentAt: this.deps.clock.now(),
    });
  }

  private schedule(): void {
    this.cancelTimer?.();
    const pingAt = this.lastSentAt + this.intervalMs();
    const dueAt = Math.min(pingAt, this.silentAt());
    const waitMs = Math.max(1, dueAt - this.deps.clock.monotonic());
    this.cancelTimer = this.deps.clock.after(waitMs, () => this.tick());
  }

  private tick(): void {
    const now = this.deps.clock.monotonic();
    if (now >= this.silentAt()) {
      this.stop();
      this.deps.onSilent(now - this.lastHeardAt);
      return;
    }
    if (now >= this.lastSentAt + this.intervalMs()) this.ping();
    this.schedule();
  }

  private intervalMs(): number {
    const { runHeartbeatMs, idleHeartbeatMs } = this.deps.timing;
    return this.liveSince === undefined ? idleHeartbeatMs : runHeartbeatMs;
  }

  /** When the silence so far is too long. An answer that began just now restarts the count. */
  private silentAt(): number {
    const { runSilenceMs, idleHeartbeatMs, missedHeartbeats } = this.deps.timing;
    if (this.liveSince === undefined) return this.lastHeardAt + idleHeartbeatMs * missedHeartbeats;
    return Math.max(this.lastHeardAt, this.liveSince) + runSilenceMs;
  }
}
