import type { PoolEvent } from '../../contract/nodes.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/identity.ts';
import type { Logger } from '../../platform/logger.ts';
import { BatchWriter } from './batch-writer.ts';
import type { PoolHappening } from './nodes.ts';
import type { PoolEventStore, StoredPoolEvent } from './ports.ts';

/** Kept of each pool, in memory and at rest. */
export const keptEvents = 2000;
/** How many new events are let in before the old ones are erased again. */
const pruneEvery = 200;

interface EventJournalDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: PoolEventStore;
  /** What earlier runs stored, newest first. */
  readonly stored: readonly StoredPoolEvent[];
  readonly onAdded: (poolId: string) => void;
}

/** What happened to each pool, newest first. */
export class EventJournal {
  private readonly deps: EventJournalDeps;
  private readonly pools = new Map<string, StoredPoolEvent[]>();
  private readonly writer: BatchWriter<StoredPoolEvent>;
  private sincePrune = 0;

  constructor(deps: EventJournalDeps) {
    this.deps = deps;
    for (const event of deps.stored.toReversed()) this.ofPool(event.poolId).push(event);
    this.writer = new BatchWriter({
      clock: deps.clock,
      logger: deps.logger,
      name: 'pool events',
      capacity: keptEvents,
      write: (batch) => this.write(batch),
    });
  }

  add(happening: PoolHappening): void {
    const event = { ...happening, id: newId(), at: this.deps.clock.now() };
    const events = this.ofPool(event.poolId);
    events.push(event);
    if (events.length > keptEvents) events.splice(0, events.length - keptEvents);
    this.writer.add([event]);
    this.deps.onAdded(event.poolId);
  }

  /** Newest first. */
  newest(poolId: string, limit: number): PoolEvent[] {
    return (this.pools.get(poolId) ?? []).slice(-limit).reverse().map(shown);
  }

  /** What happened to one machine, newest first. */
  ofMachine(poolId: string, machineId: string, limit: number): PoolEvent[] {
    return (this.pools.get(poolId) ?? [])
      .filter((event) => event.machineId === machineId)
      .slice(-limit)
      .reverse()
      .map(shown);
  }

  close(): Promise<void> {
    return this.writer.close();
  }

  private ofPool(poolId: string): StoredPoolEvent[] {
    const known = this.pools.get(poolId);
    if (known) return known;
    const events: StoredPoolEvent[] = [];
    this.pools.set(poolId, events);
    return events;
  }

  private async write(batch: readonly StoredPoolEvent[]): Promise<void> {
    await this.deps.store.append(batch);
    this.sincePrune += batch.length;
    if (this.sincePrune < pruneEvery) return;
    this.sincePrune = 0;
    await this.deps.store.prune(keptEvents);
  }
}

function shown({ poolId: _pool, machineId: _machine, ...event }: StoredPoolEvent): PoolEvent {
  return event;
}
