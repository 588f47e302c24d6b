import type { PoolEvent } from '../../contract/nodes.ts';
import { newId } from '../../core/identity.ts';
import type { KnownMembership } from '../../tunnel/ports.ts';
import type { TunnelRefusal } from '../../tunnel/refusal.ts';

type EventFacts = Pick<PoolEvent, 'kind' | 'machine' | 'person' | 'count' | 'reason'>;

/** What others are told about pools and people. Every listener is called at once, in order. */
export interface PeopleNews {
  /** Something that a pool's list of events shows. */
  onEvent(listener: (poolId: string, event: PoolEvent) => void): () => void;
  /** Name, role, trust or pool of a membership is another from now on: its link is updated. */
  onMembershipChanged(listener: (membership: KnownMembership) => void): () => void;
  /** A membership ended: its link is refused with this at once. */
  onMembershipEnded(listener: (membershipId: string, refusal: TunnelRefusal) => void): () => void;
  /** Somebody asks to be let in, or stopped asking. */
  onKnocks(listener: () => void): () => void;
}

/** The telling side of `PeopleNews`. */
export class PeopleAnnouncer implements PeopleNews {
  private readonly events = new Set<(poolId: string, event: PoolEvent) => void>();
  private readonly changed = new Set<(membership: KnownMembership) => void>();
  private readonly ended = new Set<(membershipId: string, refusal: TunnelRefusal) => void>();
  private readonly knocks = new Set<() => void>();

  onEvent = (listener: (poolId: string, event: PoolEvent) => void) => add(this.events, listener);
  onMembershipChanged = (listener: (membership: KnownMembership) => void) =>
    add(this.changed, listener);
  onMembershipEnded = (listener: (membershipId: string, refusal: TunnelRefusal) => void) =>
    add(this.ended, listener);
  onKnocks = (listener: () => void) => add(this.knocks, listener);

  event(poolId: string, at: number, facts: EventFacts): void {
    for (const listener of this.events) listener(poolId, { id: newId(), at, ...facts });
  }

  membershipChanged(membership: KnownMembership): void {
    for (const listener of this.changed) listener(membership);
  }

  membershipEnded(membershipId: string, refusal: TunnelRefusal): void {
    for (const listener of this.ended) listener(membershipId, refusal);
  }

  knocksChanged(): void {
    for (const listener of this.knocks) listener();
  }
}

function add<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
