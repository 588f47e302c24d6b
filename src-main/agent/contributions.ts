import type { Clock } from '../core/clock.ts';
import type { AgentLog, ContributionDay, ContributionStore } from './ports.ts';

/** What this machine gave and its owner used, as the window shows it. */
export interface Given {
  readonly todayTokens: number;
  readonly todayAnswers: number;
  readonly allTokens: number;
  readonly allAnswers: number;
  readonly usedTodayTokens: number;
  readonly usedAllTokens: number;
  /** Oldest first; at most 30. */
  readonly days: readonly {
    readonly day: string;
    readonly givenTokens: number;
    readonly usedTokens: number;
  }[];
}

interface ContributionsDeps {
  readonly store: ContributionStore;
  readonly clock: Clock;
  readonly log: AgentLog;
}

const shownDays = 30;
/** Lines are written together, at most this often. */
const writeEveryMs = 2000;

/** Counts in memory and writes in batches; a crash loses two seconds' worth at most. */
export class Contributions {
  private readonly deps: ContributionsDeps;
  private readonly days = new Map<string, ContributionDay>();
  private total: Omit<ContributionDay, 'day'> = { givenTokens: 0, givenAnswers: 0, usedTokens: 0 };
  private unwritten = new Map<string, ContributionDay>();
  private cancelWrite: (() => void) | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(deps: ContributionsDeps) {
    this.deps = deps;
  }

  /** Reads what was there before; call once, before anything is counted. */
  async open(): Promise<void> {
    const { store } = this.deps;
    for (const line of await store.days(shownDays)) this.days.set(line.day, line);
    this.total = await store.total();
  }

  /** One answer for somebody else has ended. */
  gave(tokens: number): void {
    this.add({ givenTokens: tokens, givenAnswers: 1, usedTokens: 0 });
  }

  /** A pool answered our owner. */
  used(tokens: number): void {
    this.add({ givenTokens: 0, givenAnswers: 0, usedTokens: tokens });
  }

  given(): Given {
    const today = this.days.get(this.today());
    return {
      todayTokens: today?.givenTokens ?? 0,
      todayAnswers: today?.givenAnswers ?? 0,
      allTokens: this.total.givenTokens,
      allAnswers: this.total.givenAnswers,
      usedTodayTokens: today?.usedTokens ?? 0,
      usedAllTokens: this.total.usedTokens,
      days: [...this.days.values()]
        .toSorted((a, b) => (a.day < b.day ? -1 : 1))
        .slice(-shownDays)
        .map(({ day, givenTokens, usedTokens }) => ({ day, givenTokens, usedTokens })),
    };
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    this.cancelWrite?.();
    await this.write();
  }

  private add(more: Omit<ContributionDay, 'day'>): void {
    const day = this.today();
    this.days.set(day, sum(day, this.days.get(day), more));
    this.unwritten.set(day, sum(day, this.unwritten.get(day), more));
    this.total = sum(day, { day, ...this.total }, more);
    for (const old of [...this.days.keys()].toSorted().slice(0, -shownDays)) this.days.delete(old);
    this.cancelWrite ??= this.deps.clock.after(writeEveryMs, () => void this.write());
  }

  private async write(): Promise<void> {
    this.cancelWrite = undefined;
    const lines = this.unwritten;
    this.unwritten = new Map();
    this.writing = this.writing.then(async () => {
      for (const line of lines.values()) {
        try {
          await this.deps.store.add(line);
        } catch (error) {
          // Kept for the next time: the disk may have room again.
          this.unwritten.set(line.day, sum(line.day, this.unwritten.get(line.day), line));
          this.deps.log.warn({ error }, 'contribution not written');
        }
      }
    });
    await this.writing;
  }

  private today(): string {
    const date = new Date(this.deps.clock.now());
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  }
}

function sum(
  day: string,
  line: ContributionDay | undefined,
  more: Omit<ContributionDay, 'day'>,
): ContributionDay {
  return {
    day,
    givenTokens: (line?.givenTokens ?? 0) + more.givenTokens,
    givenAnswers: (line?.givenAnswers ?? 0) + more.givenAnswers,
    usedTokens: (line?.usedTokens ?? 0) + more.usedTokens,
  };
}
