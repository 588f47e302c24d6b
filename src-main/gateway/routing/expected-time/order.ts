import type { Upstream } from '../../ports.ts';
import type { ExpectedParts } from './ranking.ts';
import { liking } from './rendezvous.ts';

/** A candidate with what it would take; `hash` stands for its id, `cost` is `costOf` what it would take. */
export interface Candidate {
  readonly upstream: Upstream;
  readonly expected: ExpectedParts;
  readonly hash: number;
  readonly cost: number;
}

/** Shorter prompts are read at once anywhere. */
const fewestTokens = 256;
/** So is what saves less than this. */
const leastSavingMs = 100;
/** A machine that has this share of what the best one has of the prompt has the conversation. */
const homeShare = 0.5;
/** Leaving the machine that has the conversation must win more than this… */
const leastWinMs = 1000;
/** …and more than this share of what staying takes. */
const leastWinShare = 0.25;

/** Whole milliseconds that decide: what it takes, and what it makes others pay. */
export function costOf({ expectedMs, evictionMs }: ExpectedParts): number {
  return Math.round(expectedMs + evictionMs);
}

/** The cheapest first; what costs the same in the order that the key likes. */
export function byCost(keyHash: number): (a: Candidate, b: Candidate) => number {
  return (a, b) =>
    a.cost === b.cost ? liking(keyHash, b.hash) - liking(keyHash, a.hash) : a.cost - b.cost;
}

/**
 * The candidate that goes first: the one with the conversation, or with the model in memory, unless
 * the cheapest one wins by more than a second and a quarter. Undefined when that is the first anyway.
 */
export function homeOf(sorted: readonly Candidate[], promptTokens: number): Candidate | undefined {
  const first = sorted[0];
  if (first === undefined) return undefined;
  const home = withConversation(sorted, promptTokens) ?? withModel(sorted, first);
  if (home === undefined || home === first) return undefined;
  const stayMs = home.cost;
  const winMs = stayMs - first.cost;
  return winMs > Math.max(leastWinMs, stayMs * leastWinShare) ? undefined : home;
}

function withConversation(
  sorted: readonly Candidate[],
  promptTokens: number,
): Candidate | undefined {
  if (promptTokens < fewestTokens) return undefined;
  const most = sorted.reduce((top, { expected }) => Math.max(top, expected.cachedTokens), 0);
  return sorted.find(({ expected }) => {
    const { cachedTokens, prefillMs } = expected;
    if (cachedTokens === 0 || cachedTokens < most * homeShare) return false;
    const freshTokens = promptTokens - cachedTokens;
    const savedMs = (prefillMs / Math.max(1, freshTokens)) * cachedTokens;
    return savedMs >= leastSavingMs;
  });
}

function withModel(sorted: readonly Candidate[], first: Candidate): Candidate | undefined {
  if (first.expected.loadMs === 0) return undefined;
  return sorted.find(({ expected }) => expected.loadMs === 0);
}
