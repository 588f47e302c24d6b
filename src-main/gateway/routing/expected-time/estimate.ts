import type { ModelRates } from '../../../core/node.ts';
import type { UpstreamOffer } from '../../ports.ts';
import type { Expectation } from './expectations.ts';
import type { HeldPrompt, MachineSlots, Occupant } from './held-prompts.ts';
import type { ExpectedParts, InFlight } from './ranking.ts';
import { crowding } from './rate-book.ts';
import type { ReturnBook } from './return-book.ts';

/** Of a machine that neither we nor its owner has measured: slow, so that known ones go first. */
export const unknownRates: ModelRates = { prefillPerSecond: 200, decodePerSecond: 10 };
/** How long a load takes where nobody has seen one. */
export const unknownLoadMs = 20_000;
/** Slots of an upstream that does not tell, and keeps a line of its own. */
export const assumedSlots = 4;
/** First tokens count for more than last ones. */
const decodeShare = 0.3;
/** An answer that is longer than expected goes on for this share of what was expected. */
const overtimeShare = 0.3;
/** What we only believe to be there may not be. */
const beliefShare = 0.9;

/** An answer on its way, as its slot and its wait see it. */
export interface Running extends Occupant {
  /** Prompt tokens that had to be read. */
  readonly freshTokens: number;
  readonly outputTokens: number;
  readonly sentAt: number;
  /** It goes on from a prompt that was answered before. */
  readonly isContinued: boolean;
  firstTokenAt: number | undefined;
}

/** One machine as the estimate needs it. Times are monotonic milliseconds. */
export interface Machine {
  readonly slots: MachineSlots<Running>;
  readonly offer: UpstreamOffer | undefined;
  readonly rates: ModelRates;
  readonly inFlight: InFlight;
  /** What it answered for us a moment ago: its own count may still have them. */
  readonly recentAnswers: number;
  /** Of the tokens that it should have had in the past, the share that it did have. */
  readonly reliance: number;
}

export interface Question extends Expectation {
  readonly now: number;
  readonly returns: Pick<ReturnBook, 'chance'>;
  /** Which answers of `HeldPrompts.ask` are about this prompt. */
  readonly number: number;
}

/** An estimate with the place that it reckons with; absent for a slot we know nothing of. */
export interface Estimate {
  readonly expected: ExpectedParts;
  readonly place: HeldPrompt<Running> | undefined;
}

/** What this prompt would take on this machine, in the slot that costs everybody least. */
export function estimate(question: Question, machine: Machine): Estimate {
  const { inFlight, offer, rates } = machine;
  const slots = offer?.slots ?? assumedSlots;
  const others = Math.max(
    0,
    (offer?.busySlots ?? 0) - Math.max(machine.recentAnswers, inFlight.answers),
  );
  const busy = inFlight.answers + others;
  const waiting = (offer?.waiting ?? 0) + inFlight.waiting;
  const isFull = busy >= slots;
  const place = bestPlace(question, machine, isFull ? 'any' : 'free', slots);
  const crowd = crowding(Math.min(slots, busy + 1));
  const waitMs =
    readingMs(question, machine, place.freshTokens) +
    (isFull ? slotWaitMs(question, machine, { slots, busy, waiting }) : 0);
  const { prefillPerSecond, decodePerSecond } = rates;
  const loadMs = loadMsOf(offer);
  const prefillMs = (place.freshTokens / prefillPerSecond) * 1000;
  const decodeMs = decodeShare * (question.outputTokens / decodePerSecond) * 1000 * crowd;
  const roundTripMs = offer?.roundTripMs ?? 0;
  const penaltyMs = offer?.penalties.reduce((sum, { ms }) => sum + ms, 0) ?? 0;
  const expected: ExpectedParts = {
    loadMs,
    waitMs,
    prefillMs,
    decodeMs,
    roundTripMs,
    penaltyMs,
    evictionMs: place.evictionMs,
    cachedTokens: Math.floor(place.cachedTokens),
    expectedMs: loadMs + waitMs + prefillMs + decodeMs + roundTripMs + penaltyMs,
  };
  const slot = place.cachedTokens > 0 ? place.held?.slot : undefined;
  return { expected: slot === undefined ? expected : { ...expected, slot }, place: place.held };
}

interface Place {
  readonly held: HeldPrompt<Running> | undefined;
  readonly cachedTokens: number;
  readonly freshTokens: number;
  readonly evictionMs: number;
}

/** The slot that is cheapest to take; one that holds nothing while fewer are held than there are. */
function bestPlace(
  question: Question,
  machine: Machine,
  which: 'any' | 'free',
  slots: number,
): Place {
  const { held: all } = machine.slots;
  const hasEmpty = all.length < slots;
  let best: HeldPrompt<Running> | undefined;
  let [bestCached, bestLost, leastCost] = [0, 0, hasEmpty ? 0 : Number.POSITIVE_INFINITY];
  for (const held of all) {
    if (which === 'free' && held.occupant !== undefined) continue;
    const cached = cachedIn(held, question, machine.reliance);
    const lost = lostWorth(held, question, cached);
    if (lost - cached >= leastCost) continue;
    [best, bestCached, bestLost, leastCost] = [held, cached, lost, lost - cached];
  }
  return {
    ...{ held: best, cachedTokens: bestCached },
    freshTokens: question.promptTokens - bestCached,
    evictionMs: (bestLost / machine.rates.prefillPerSecond) * 1000,
  };
}

/**
 * Tokens of the prompt that this slot has. Whoever continues a whole conversation finds its last
 * answer there too, which no mark of the request before could cover.
 */
function cachedIn(held: HeldPrompt<Running>, question: Question, reliance: number): number {
  if (held.question !== question.number) return 0;
  const matched = held.matchedChars * question.tokensPerChar;
  const goesOn = held.isWholeMatch && held.occupant === undefined;
  const tokens = goesOn ? Math.max(matched, held.heldTokens) : matched;
  const share = held.isReported ? reliance : reliance * beliefShare;
  return Math.min(tokens, Math.max(0, question.promptTokens - 1)) * share;
}

/** Tokens that others are expected to read again because this prompt takes the slot. */
function lostWorth(held: HeldPrompt<Running>, question: Question, cachedTokens: number): number {
  if (held.occupant !== undefined) return 0;
  if (held.question === question.number && held.isWholeMatch) return 0;
  const lost = held.heldTokens - cachedTokens;
  return lost > 0 ? lost * worthOf(held, question) : 0;
}

/**
 * What pushing out a token costs, in its own reading time: it is read again if its owner comes back,
 * who then pushes out somebody else's, who comes back as likely, and so on.
 */
function worthOf({ left, usedAt }: HeldPrompt<Running>, { now, returns }: Question): number {
  if (left?.isBack === true) return 0;
  const chance = returns.chance(left?.kind ?? 'fresh', now - usedAt);
  return chance / (1 - chance);
}

function loadMsOf(offer: UpstreamOffer | undefined): number {
  if (offer === undefined || offer.state.phase === 'ready') return 0;
  const { loadMs = unknownLoadMs, state } = offer;
  return state.phase === 'loading' ? loadMs * (1 - Math.min(1, Math.max(0, state.share))) : loadMs;
}

/** Prompts that are being read beside this one share the machine with it until the shorter is done. */
function readingMs(question: Question, { rates, slots }: Machine, freshTokens: number): number {
  let tokens = 0;
  for (const { occupant } of slots.held) {
    if (occupant === undefined || occupant.firstTokenAt !== undefined) continue;
    const read = ((question.now - occupant.sentAt) / 1000) * rates.prefillPerSecond;
    tokens += Math.min(freshTokens, Math.max(0, occupant.freshTokens - read));
  }
  return (tokens / rates.prefillPerSecond) * 1000;
}

interface Crowd {
  readonly slots: number;
  readonly busy: number;
  readonly waiting: number;
}

/** Until the answers before this one have left a slot, the shortest first. */
function slotWaitMs(question: Question, machine: Machine, { slots, busy, waiting }: Crowd): number {
  const crowd = crowding(slots);
  const { rates } = machine;
  const wholeMs =
    (question.promptTokens / 2 / rates.prefillPerSecond +
      (question.outputTokens / rates.decodePerSecond) * crowd) *
    1000;
  const left: number[] = [];
  for (const { occupant } of machine.slots.held) {
    if (occupant !== undefined) left.push(remainingMs(occupant, question.now, rates, crowd));
  }
  // Answers for others, its owner for one: half of them is over on average.
  while (left.length < Math.min(busy, slots)) left.push(wholeMs / 2);
  left.sort((a, b) => a - b);
  const ahead = waiting + Math.max(0, busy - slots);
  const rounds = Math.floor(ahead / Math.max(1, left.length));
  return (left[ahead % Math.max(1, left.length)] ?? wholeMs) + rounds * wholeMs;
}

function remainingMs(running: Running, now: number, rates: ModelRates, crowd: number): number {
  const decodeMs = (running.outputTokens / rates.decodePerSecond) * 1000 * crowd;
  const prefillMs = (running.freshTokens / rates.prefillPerSecond) * 1000;
  const { firstTokenAt } = running;
  if (firstTokenAt === undefined) {
    return Math.max(prefillMs * overtimeShare, prefillMs - (now - running.sentAt)) + decodeMs;
  }
  return Math.max(decodeMs * overtimeShare, decodeMs - (now - firstTokenAt));
}
