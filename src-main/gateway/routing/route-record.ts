import type { RouteDecision } from '../../contract/activity.ts';
import type { MillpondError } from '../../core/error.ts';
import type { Clock } from '../../core/clock.ts';
import type { Upstream } from '../ports.ts';
import { machineOf } from './eligibility.ts';
import type { RankedUpstream } from './expected-time/ranking.ts';
import type { Judged } from './refusals.ts';

type Candidate = RouteDecision['candidates'][number];
type AttemptEntry = RouteDecision['attempts'][number];

/** Candidates and attempts that are written down for one request. */
const maxCandidates = 12;
const maxEntries = 24;

/** How one request came to its machine, for whoever wants to know why. */
export class RouteRecord {
  private readonly clock: Clock;
  private readonly startedAt: number;
  private readonly tellsPlain: boolean;
  private ranked: readonly RankedUpstream[] = [];
  private judged: readonly Judged[] = [];
  private chosen: RankedUpstream | undefined;
  private readonly attempts: AttemptEntry[] = [];
  private strategy = '';
  private waitedMs = 0;

  /** `tellsPlain`: a route is a decision also where there was nothing to choose. */
  constructor(clock: Clock, tellsPlain = false) {
    this.clock = clock;
    this.tellsPlain = tellsPlain;
    this.startedAt = clock.monotonic();
  }

  get queuedMs(): number {
    return this.waitedMs;
  }

  get attemptCount(): number {
    return this.attempts.length;
  }

  considered(strategy: string, ranked: readonly RankedUpstream[], judged: readonly Judged[]): void {
    this.strategy = strategy;
    this.ranked = ranked;
    this.judged = judged;
  }

  queued(ms: number): void {
    this.waitedMs += ms;
  }

  attemptBegan(choice: RankedUpstream): void {
    this.chosen = choice;
    if (this.attempts.length === maxEntries) this.attempts.shift();
    const { id } = choice.upstream;
    this.attempts.push({
      upstream: id,
      machine: machineOf(choice.upstream),
      startedMs: Math.round(this.clock.monotonic() - this.startedAt),
      tokens: 0,
    });
  }

  /** The attempt goes on where an earlier one was lost; its caller got nothing for so long. */
  wentOn(pauseMs: number): void {
    const entry = this.attempts.pop();
    if (entry !== undefined) this.attempts.push({ ...entry, pauseMs });
  }

  attemptEnded(tokens: number, failure?: MillpondError): void {
    const entry = this.attempts.pop();
    if (entry === undefined) return;
    this.attempts.push({ ...entry, tokens, ...(failure && { failure: failure.toBody() }) });
  }

  /** Undefined while there was nothing to choose, to wait for or to repeat. */
  decision(): RouteDecision | undefined {
    const isPlain =
      this.judged.length <= 1 &&
      this.waitedMs === 0 &&
      this.attempts.length <= 1 &&
      this.attempts.every(({ failure }) => failure === undefined);
    if (isPlain && !this.tellsPlain) return undefined;
    return {
      strategy: this.strategy,
      candidates: this.candidates(),
      attempts: [...this.attempts],
      queuedMs: Math.round(this.waitedMs),
      isSticky: this.chosen?.isSticky ?? false,
    };
  }

  private candidates(): Candidate[] {
    const ranked = this.ranked.map((each) => this.rankedCandidate(each));
    const excluded = this.judged.flatMap(({ upstream, exclusion }) =>
      exclusion === undefined
        ? []
        : [{ ...named(upstream), isChosen: false, excluded: exclusion.reason }],
    );
    return [...ranked, ...excluded].slice(0, maxCandidates);
  }

  private rankedCandidate({ upstream, expected }: RankedUpstream): Candidate {
    const isChosen = upstream.id === this.chosen?.upstream.id;
    if (expected === undefined) return { ...named(upstream), isChosen };
    const { slot: _slot, evictionMs: _evictionMs, cachedTokens, ...times } = expected;
    return {
      ...named(upstream),
      ...times,
      cachedTokens: Math.round(cachedTokens),
      isChosen,
    };
  }
}

function named(upstream: Upstream): { readonly upstream: string; readonly machine: string } {
  return { upstream: upstream.id, machine: machineOf(upstream) };
}
