import type { ModelRates } from '../../../core/node.ts';
import type { UpstreamOffer } from '../../ports.ts';
import type { Expectation } from './expectations.ts';
import type { HeldPrompt, MachineSlots, Occupant } from './held-prompts.ts';
import type { InFlight } from './ranking.ts';
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

/** One machine as the estimate needs it. */
export interface Machine {
  readonly slots: MachineSlots<Running>;
  /** By the gateway's own watch, where it has one. */
  readonly measured: ModelRates | undefined;
  /** Of the tokens that it should have had in the past, the share that it did have. */
  readonly reliance: { readonly value: number | undefined };
  /** What it answered for us a moment ago: its own count may still have them. */
  recentAnswers(now: number): number;
}

/** Times are monotonic milliseconds. */
export interface Question extends Expectation {
  readonly now: number;
  readonly returns: Pick<ReturnBook, 'chance'>;
  /** Which answers of `HeldPrompts.ask` are about this prompt. */
  readonly number: number;
}

/**
 * What one prompt would take on a machine, in the slot that costs everybody least. One object serves
 * all candidates of a decision: each call of `of` writes over what it said of the machine before.
 */
export class Estimate {
  loadMs = 0;
  waitMs = 0;
  prefillMs = 0;
  decodeMs = 0;
  roundTripMs = 0;
  penaltyMs = 0;
  evictionMs = 0;
  cachedTokens = 0;
  /** The slot that it reckons with; absent for one that we know nothing of. */
  place: HeldPrompt<Running> | undefined;
  private readonly question: Question;
  private readonly left: number[] = [];

  constructor(question: Question) {
    this.question = question;
  }

  of(machine: Machine, offer: UpstreamOffer | undefined, inFlight: InFlight): this {
    const rates = machine.measured ?? offer?.rates ?? unknownRates;
    const slots = offer?.slots ?? assumedSlots;
    const seen = Math.max(machine.recentAnswers(this.question.now), inFlight.answers);
    const busy = inFlight.answers + Math.max(0, (offer?.busySlots ?? 0) - seen);
    const isFull = busy >= slots;
    const lostTokens = this.choosePlace(machine, slots, isFull);
    const { outputTokens, promptTokens } = this.question;
    const freshTokens = promptTokens - this.cachedTokens;
    const { decodePerSecond, prefillPerSecond } = rates;
    this.evictionMs = (lostTokens / prefillPerSecond) * 1000;
    this.waitMs = this.readingMs(machine, rates, freshTokens);
    if (isFull) {
      const waiting = (offer?.waiting ?? 0) + inFlight.waiting;
      this.waitMs += this.slotWaitMs(machine, rates, { slots, busy, waiting });
    }
    this.loadMs = loadMsOf(offer);
    this.prefillMs = (freshTokens / prefillPerSecond) * 1000;
    const crowd = crowding(Math.min(slots, busy + 1));
    this.decodeMs = decodeShare * (outputTokens / decodePerSecond) * 1000 * crowd;
    this.roundTripMs = offer?.roundTripMs ?? 0;
    this.penaltyMs = penaltyOf(offer);
    return this;
  }

  /**
   * The slot that is cheapest to take; one that holds nothing while fewer are held than there are.
   * Returns the tokens that others are expected to read again for it.
   */
  private choosePlace({ reliance, slots: { held: all } }: Machine, slots: number, isFull: boolean) {
    const relied = Math.min(1, reliance.value ?? 1);
    let leastCost = all.length < slots ? 0 : Number.POSITIVE_INFINITY;
    let lostTokens = 0;
    this.place = undefined;
    this.cachedTokens = 0;
    for (const held of all) {
      if (!isFull && held.occupant !== undefined) continue;
      const cached = cachedIn(held, this.question, relied);
      // Even if nothing were lost, this one would not be cheaper.
      if (-cached >= leastCost) continue;
      const lost = lostWorth(held, this.question, cached);
      if (lost - cached >= leastCost) continue;
      this.place = held;
      this.cachedTokens = cached;
      lostTokens = lost;
      leastCost = lost - cached;
    }
    return lostTokens;
  }

  /** Prompts that are being read beside this one share the machine with it until the shorter is done. */
  private readingMs({ slots }: Machine, { prefillPerSecond }: ModelRates, freshTokens: number) {
    let tokens = 0;
    for (const { occupant } of slots.held) {
      if (occupant === undefined || occupant.firstTokenAt !== undefined) continue;
      const read = ((this.question.now - occupant.sentAt) / 1000) * prefillPerSecond;
      tokens += Math.min(freshTokens, Math.max(0, occupant.freshTokens - read));
    }
    return (tokens / prefillPerSecond) * 1000;
  }

  /** Until the answers before this one have left a slot, the shortest first. */
  private slotWaitMs(machine: Machine, rates: ModelRates, crowd: Crowd): number {
    const { busy, slots, waiting } = crowd;
    const { left } = this;
    const { now, outputTokens, promptTokens } = this.question;
    const slowdown = crowding(slots);
    const wholeMs =
      (promptTokens / 2 / rates.prefillPerSecond +
        (outputTokens / rates.decodePerSecond) * slowdown) *
      1000;
    left.length = 0;
    for (const { occupant } of machine.slots.held) {
      if (occupant !== undefined) insert(left, remainingMs(occupant, now, rates, slowdown));
    }
    // Answers for others, its owner for one: half of them is over on average.
    while (left.length < Math.min(busy, slots)) insert(left, wholeMs / 2);
    const ahead = waiting + Math.max(0, busy - slots);
    const rounds = Math.floor(ahead / Math.max(1, left.length));
    return (left[ahead % Math.max(1, left.length)] ?? wholeMs) + rounds * wholeMs;
  }
}

interface Crowd {
  readonly slots: number;
  readonly busy: number;
  readonly waiting: number;
}

/** Keeps a short row of numbers sorted, the smallest first. */
function insert(sorted: number[], figure: number): void {
  let at = sorted.length;
  sorted.push(figure);
  for (; at > 0; at -= 1) {
    const before = sorted[at - 1];
    if (before === undefined || before <= figure) break;
    sorted[at] = before;
  }
  sorted[at] = figure;
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

function penaltyOf(offer: UpstreamOffer | undefined): number {
  let sum = 0;
  if (offer !== undefined) for (const { ms } of offer.penalties) sum += ms;
  return sum;
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
