import type { RouteDecision } from '../../contract/activity.ts';
import type { Clock } from '../../core/clock.ts';

type Members = NonNullable<RouteDecision['alias']>['members'];
type Member = Members[number];

/** One try of one member, as its router tells it. */
interface Try {
  readonly model: string;
  /** Milliseconds after the request began to walk. */
  readonly startedMs: number;
  decision: RouteDecision | undefined;
}

/** What became of one request on its way through an alias: all tries as one decision. */
export class WalkRecord {
  private readonly name: string;
  private readonly clock: Clock;
  private readonly startedAt: number;
  private readonly tell: (decision: RouteDecision) => void;
  private readonly members: Member[] = [];
  private readonly tries: Try[] = [];

  constructor(name: string, clock: Clock, tell: (decision: RouteDecision) => void) {
    this.name = name;
    this.clock = clock;
    this.startedAt = clock.monotonic();
    this.tell = tell;
  }

  /** Upstreams that were tried by now, of all members. */
  get attemptCount(): number {
    return this.tries.reduce((sum, each) => sum + (each.decision?.attempts.length ?? 0), 0);
  }

  skipped(model: string, isCloud: boolean, reason: string): void {
    this.members.push({ model, isCloud, outcome: 'skipped', reason });
  }

  asked(model: string, isCloud: boolean): void {
    this.members.push({ model, isCloud, outcome: 'asked' });
    const startedMs = Math.round(this.clock.monotonic() - this.startedAt);
    this.tries.push({ model, startedMs, decision: undefined });
  }

  /** What the router says about the member that is being asked. */
  routed(decision: RouteDecision): void {
    const current = this.tries.at(-1);
    if (current !== undefined) current.decision = decision;
    this.tell(this.decision());
  }

  ended(outcome: Member['outcome'], reason?: string): void {
    const member = this.members.pop();
    if (member === undefined) return;
    this.members.push({ ...member, outcome, ...(reason !== undefined && { reason }) });
  }

  /** Everything so far; told once more when the walk is over. */
  close(): void {
    this.tell(this.decision());
  }

  private decision(): RouteDecision {
    const last = this.tries.findLast(({ decision }) => decision !== undefined)?.decision;
    return {
      strategy: last?.strategy ?? '',
      candidates: this.tries.flatMap(({ model, decision }) =>
        (decision?.candidates ?? []).map((each) => ({ ...each, model })),
      ),
      attempts: this.tries.flatMap(({ model, startedMs, decision }) =>
        (decision?.attempts ?? []).map((each) => ({
          ...each,
          model,
          startedMs: startedMs + each.startedMs,
        })),
      ),
      queuedMs: this.tries.reduce((sum, { decision }) => sum + (decision?.queuedMs ?? 0), 0),
      isSticky: last?.isSticky ?? false,
      alias: { name: this.name, members: [...this.members] },
    };
  }
}
