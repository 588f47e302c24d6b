import type { Clock } from '../../core/clock.ts';
import { localDay } from '../../core/local-time.ts';
import type { Logger } from '../../platform/logger.ts';
import { BatchWriter } from './batch-writer.ts';
import { addFigures, ledgerEntries, noFigures, type SettledRequest } from './ledger-entries.ts';
import type { LedgerLine } from './nodes.ts';
import type { LedgerEntry, LedgerStore } from './ports.ts';

interface LedgerDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: LedgerStore;
  readonly nameOf: (personId: string) => string;
}

/** Days that decide who goes first in line. */
export const balanceDays = 7;
const dayMs = 24 * 60 * 60_000;
/** Entries that wait while the store is down. */
const capacity = 50_000;

type Figures = typeof noFigures;

/** Served and consumed tokens of every member and machine. Asked on the hot path: reads memory only. */
export class Ledger {
  private readonly deps: LedgerDeps;
  private readonly writer: BatchWriter<LedgerEntry>;
  /** All-time, by pool and person. */
  private readonly persons = new Map<string, Figures>();
  /** All-time, by pool and machine. */
  private readonly machines = new Map<string, Figures>();
  /** The newest days, by pool and person. */
  private readonly recent = new Map<string, Map<string, number>>();

  private constructor(deps: LedgerDeps) {
    this.deps = deps;
    this.writer = new BatchWriter({
      clock: deps.clock,
      logger: deps.logger,
      name: 'ledger',
      capacity,
      write: (batch) => deps.store.add(merged(batch)),
    });
  }

  static async open(deps: LedgerDeps): Promise<Ledger> {
    const ledger = new Ledger(deps);
    const since = localDay(deps.clock.now() - (balanceDays - 1) * dayMs);
    const [totals, recent] = await Promise.all([deps.store.totals(), deps.store.since(since)]);
    for (const entry of totals) ledger.addTotals(entry);
    for (const entry of recent) ledger.addRecent(entry);
    return ledger;
  }

  /** Books a request, and answers what the owners of machines earned by it. */
  settle(request: Omit<SettledRequest, 'day'>): number {
    const entries = ledgerEntries({ ...request, day: localDay(this.deps.clock.now()) });
    for (const entry of entries) {
      this.addTotals(entry);
      this.addRecent(entry);
    }
    this.writer.add(entries);
    return entries.reduce((sum, { creditMicros }) => sum + creditMicros, 0);
  }

  ofPerson(poolId: string, personId: string): Figures {
    return this.persons.get(keyOf(poolId, personId)) ?? noFigures;
  }

  ofMachine(poolId: string, machineId: string): Figures {
    return this.machines.get(keyOf(poolId, machineId)) ?? noFigures;
  }

  /** Tokens served minus tokens consumed in the last 7 days, today included. */
  balance(poolId: string, personId: string): number {
    const days = this.recent.get(keyOf(poolId, personId));
    if (!days) return 0;
    const since = localDay(this.deps.clock.now() - (balanceDays - 1) * dayMs);
    let sum = 0;
    for (const [day, tokens] of days) {
      if (day >= since) sum += tokens;
      else days.delete(day);
    }
    return sum;
  }

  async lines(poolId: string, days: number): Promise<LedgerLine[]> {
    await this.writer.flush();
    const since = localDay(this.deps.clock.now() - (days - 1) * dayMs);
    // Taken before the store is read: what is written meanwhile must not count twice.
    const waiting = this.writer.pending.filter(
      (entry) => entry.poolId === poolId && entry.day >= since,
    );
    const stored = await this.deps.store.since(since, poolId);
    return this.linesOf([...stored, ...waiting]);
  }

  close(): Promise<void> {
    return this.writer.close();
  }

  private linesOf(entries: readonly LedgerEntry[]): LedgerLine[] {
    const lines = new Map<string, LedgerLine & Figures>();
    for (const entry of entries) {
      const { day, personId } = entry;
      const key = keyOf(day, personId);
      const line = lines.get(key) ?? {
        ...{ day, personId, personName: this.deps.nameOf(personId) },
        ...noFigures,
      };
      lines.set(key, addFigures(line, entry));
    }
    return [...lines.values()].sort(
      (a, b) => b.day.localeCompare(a.day) || a.personName.localeCompare(b.personName),
    );
  }

  private addTotals(entry: LedgerEntry): void {
    add(this.persons, keyOf(entry.poolId, entry.personId), entry);
    if (entry.machineId !== '') add(this.machines, keyOf(entry.poolId, entry.machineId), entry);
  }

  private addRecent({ poolId, personId, day, servedTokens, consumedTokens }: LedgerEntry): void {
    const key = keyOf(poolId, personId);
    const days = this.recent.get(key) ?? new Map<string, number>();
    this.recent.set(key, days.set(day, (days.get(day) ?? 0) + servedTokens - consumedTokens));
  }
}

function keyOf(first: string, second: string): string {
  return `${first}\n${second}`;
}

function add(totals: Map<string, Figures>, key: string, entry: LedgerEntry): void {
  const { servedTokens, servedAnswers, consumedTokens, consumedAnswers, creditMicros } = entry;
  const figures = { servedTokens, servedAnswers, consumedTokens, consumedAnswers, creditMicros };
  totals.set(key, addFigures(totals.get(key) ?? noFigures, figures));
}

/** One entry for each account and day. */
function merged(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const accounts = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const { poolId, day, personId, machineId, keyId } = entry;
    const key = [poolId, day, personId, machineId, keyId].join('\n');
    const before = accounts.get(key);
    accounts.set(key, before ? addFigures(before, entry) : entry);
  }
  return [...accounts.values()];
}
