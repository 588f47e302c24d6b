import { z } from 'zod';
import type { UsageLimits } from '../../contract/limits.ts';
import type { LimitSubject, QuotaBook, TakenQuota } from './ports.ts';
import type { AccountDeps } from './quota-account.ts';
import { quotaLimits, subjectKey, SubjectState } from './subject-state.ts';
import type { QuotaLimit } from './subject-state.ts';

/** More are kept only while more are busy at once. */
const maxSubjects = 5000;
const windowMs = 60_000;

const spans = z.array(z.tuple([z.number().min(0), z.number().min(0)])).readonly();
const rates = z.object({ requests: spans, tokens: spans });
type Rates = z.infer<typeof rates>;
const savedRates = z.object({
  /** Epoch milliseconds. */
  at: z.number(),
  subjects: z.record(z.string(), rates),
});
type SavedRates = z.infer<typeof savedRates>;

/** Everybody who asked lately. */
export class Subjects {
  private readonly deps: AccountDeps;
  private readonly known = new Map<string, SubjectState>();
  private readonly startedAt: number;
  /** Of the run before, until somebody asks. */
  private saved: SavedRates | undefined;
  private isSpent: boolean;
  /** Of accounts that nobody has in hand, by book. */
  private readonly taken = new Map<string, number>();

  /** `before` as `RateStore.open` said it. After an unclean stop all rates are used up for a minute. */
  constructor(deps: AccountDeps, before: string | undefined, taken: readonly TakenQuota[]) {
    this.deps = deps;
    for (const { taken: used, ...book } of taken) this.taken.set(bookKey(book), used);
    this.startedAt = deps.clock.monotonic();
    this.saved = before === undefined ? undefined : readRates(before);
    // Whatever cannot be read may hide a burst.
    this.isSpent = before !== undefined && this.saved === undefined;
  }

  find(subject: LimitSubject): SubjectState | undefined {
    return this.known.get(subjectKey(subject));
  }

  /** Makes it known; `limits` say what is used up by an unclean stop. */
  of(subject: LimitSubject, limits: UsageLimits): SubjectState {
    const key = subjectKey(subject);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= maxSubjects) this.forgetIdle();
    const state = new SubjectState(subject, this.deps);
    this.known.set(key, state);
    this.goOn(key, state, limits);
    return state;
  }

  /** What is used of a quota or budget in the current day or month. */
  usedOf(subject: LimitSubject, limit: QuotaLimit): number {
    const state = this.find(subject);
    const inHand = state?.knownAccount(limit)?.committed;
    if (inHand !== undefined) return inHand;
    const { unit, periodAt } = quotaLimits[limit];
    const period = periodAt(this.deps.clock.now()).name;
    return this.taken.get(bookKey({ subject: subjectKey(subject), unit, period })) ?? 0;
  }

  get all(): Iterable<SubjectState> {
    return this.known.values();
  }

  /** The rates of everybody, for the next run. */
  save(): string {
    const { clock } = this.deps;
    const now = clock.monotonic();
    // Who has not asked since the last start has not been looked at yet.
    const subjects =
      now - this.startedAt < windowMs ? this.unseen(clock.now()) : new Map<string, Rates>();
    for (const [key, { requests, tokens }] of this.known) {
      subjects.set(key, { requests: requests.snapshot(now), tokens: tokens.snapshot(now) });
    }
    return JSON.stringify({ at: clock.now(), subjects: Object.fromEntries(subjects) });
  }

  private unseen(at: number): Map<string, Rates> {
    const { saved } = this;
    if (saved === undefined) return new Map();
    const elapsedMs = Math.max(0, at - saved.at);
    const older = (list: Rates['requests']): Rates['requests'] =>
      list.map(([ageMs, amount]) => [ageMs + elapsedMs, amount]);
    return new Map(
      Object.entries(saved.subjects).map(([key, { requests, tokens }]) => [
        key,
        { requests: older(requests), tokens: older(tokens) },
      ]),
    );
  }

  private goOn(key: string, state: SubjectState, limits: UsageLimits): void {
    const now = this.deps.clock.monotonic();
    if (now - this.startedAt >= windowMs) {
      this.saved = undefined;
      this.isSpent = false;
      return;
    }
    if (this.isSpent) {
      state.requests.add(limits.requestsPerMinute ?? 0, this.startedAt);
      state.tokens.add(limits.tokensPerMinute ?? 0, this.startedAt);
      state.spentUntil = this.startedAt + windowMs;
    }
    const before = this.saved?.subjects[key];
    if (before === undefined || this.saved === undefined) return;
    const elapsedMs = Math.max(0, this.deps.clock.now() - this.saved.at);
    state.requests.restore(before.requests, elapsedMs, now);
    state.tokens.restore(before.tokens, elapsedMs, now);
  }

  private forgetIdle(): void {
    for (const [key, state] of this.known) {
      if (!state.isIdle(this.deps.clock)) continue;
      this.known.delete(key);
      for (const { book, spent } of state.openAccounts()) this.taken.set(bookKey(book), spent);
      void state.giveBack();
    }
  }
}

function bookKey({ subject, unit, period }: QuotaBook): string {
  return `${subject}\n${unit}\n${period}`;
}

function readRates(text: string): SavedRates | undefined {
  try {
    return savedRates.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
