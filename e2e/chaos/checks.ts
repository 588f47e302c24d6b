import { evaluationHash, sharedWords, tokenAt } from './scripted-model.ts';
import type { Told } from './caller.ts';
import { usedTokens } from './caller.ts';
import type { Fault, FaultKind, Plan } from './plan.ts';
import type { Evaluated, PoolBooks } from './processes/messages.ts';
import { loneModel } from './world.ts';

/** Whether what callers were told, and what engines read, is the truth. Pure: each returns its problems. */

export function wrongAnswers(told: readonly Told[], { faults }: Plan): string[] {
  const has = (kind: FaultKind): boolean => faults.some((fault) => fault.kind === kind);
  return told.flatMap((each) => {
    const { ask, ending, wrongToken, tokens, message = '', code } = each;
    const found: string[] = [];
    if (wrongToken !== undefined) found.push(wrongToken);
    if (ending === 'short') {
      found.push(`ended cleanly after ${tokens} of ${ask.shape.length} tokens`);
    }
    if (ending === 'broken' && !has('kill-gateway')) found.push(`was broken off: ${message}`);
    const isTold = code !== undefined && message !== '';
    if ((ending === 'failed' || ending === 'refused') && !isTold) {
      found.push('failed without a reason');
    }
    const hasEndedWell = ending === 'complete' || ending === 'left';
    if (!hasEndedWell && mustComplete(each, faults)) {
      found.push(`could have gone on, but ended as ${String(ending)} (${code ?? ''} ${message})`);
    }
    return found.map((problem) => `request ${ask.name}: ${problem}`);
  });
}

/** After these a machine has lost what it was answering, or lies about what it can. */
const fatal: ReadonlySet<FaultKind> = new Set([
  'kill-machine',
  'dies-when-asked',
  'refuses-when-asked',
]);
/** After these an answer of it waits, or moves. */
const disturbing: ReadonlySet<FaultKind> = new Set([
  ...fatal,
  ...(['short-cut', 'silent-cut', 'half-open', 'slow-line'] as const),
]);
const cutting: ReadonlySet<FaultKind> = new Set([...disturbing, 'reconnect-storm']);

/** Somebody who has the weights was there all the time. */
function mustComplete({ ask, tokens }: Told, faults: readonly Fault[]): boolean {
  if (faults.some(({ kind }) => kind === 'kill-gateway')) return false;
  if (ask.model === loneModel) {
    // What had not begun is not waited for.
    const hadBegun = tokens > 0 || !faults.some(({ kind }) => cutting.has(kind));
    return hadBegun && !faults.some(({ kind }) => fatal.has(kind));
  }
  // A storm may cut everybody off at once; a question that nobody has begun with is then refused.
  if (tokens === 0 && faults.some(({ kind }) => kind === 'reconnect-storm')) return false;
  return faults.filter(({ kind }) => disturbing.has(kind)).length <= 1;
}

/** An answer that nobody else can go on with stays where it is: what a cut held back is sent again. */
export function needlessMoves(told: readonly Told[], { faults }: Plan): string[] {
  if (faults.some(({ kind }) => fatal.has(kind) || kind === 'kill-gateway')) return [];
  return told
    .filter(({ ask, moves }) => ask.model === loneModel && moves.length > 0)
    .map(({ ask, moves }) => {
      const { from = '', to = '' } = moves[0] ?? {};
      return `request ${ask.name}: moved from ${from} to ${to}, and nothing was wrong with ${from}`;
    });
}

/** What an engine read behind a seam is exactly what the caller had got. */
export function wrongSeams(
  evaluated: readonly (Evaluated & { readonly machine: string })[],
  told: readonly Told[],
): string[] {
  return evaluated.flatMap(({ machine, prompt, delivered, hash }) => {
    const asked = told.find((each) => each.prompt === prompt);
    if (asked === undefined) return []; // A canary, or something of another seed.
    const { weights } = asked.ask.model;
    const tokens = Array.from({ length: delivered }, (_, index) => tokenAt(weights, prompt, index));
    if (evaluationHash(prompt, tokens) === hash) return [];
    return [`${machine} went on with ${asked.ask.name} behind other tokens than were delivered`];
  });
}

/**
 * Nobody's prompt is faster because somebody of another pool has asked the same. `earlier`: what may have
 * left something in a slot.
 */
export function foreignSlots(told: readonly Told[], earlier: readonly Told[] = told): string[] {
  return told.flatMap(({ ask, prompt, cachedTokens = 0, moves }) => {
    if (moves.length > 0) return [];
    const own = earlier
      .filter((other) => other.ask !== ask && other.ask.pool === ask.pool)
      .map((other) => sharedWords(other.prompt, prompt));
    const most = Math.max(0, ...own);
    if (cachedTokens <= most) return [];
    return [
      `request ${ask.name}: ${cachedTokens} tokens came out of a slot, of which its pool ${ask.pool.name} asked ${most}`,
    ];
  });
}

/** Every token that was delivered is in the books once, on both sides. */
export function wrongBooks(
  told: readonly Told[],
  before: readonly PoolBooks[],
  after: readonly PoolBooks[],
): string[] {
  return after.flatMap(({ poolId, servedTokens, consumedTokens }) => {
    const earlier = before.find((books) => books.poolId === poolId);
    const consumed = consumedTokens - (earlier?.consumedTokens ?? 0);
    const served = servedTokens - (earlier?.servedTokens ?? 0);
    const own = told.filter(({ ask }) => ask.pool.id === poolId);
    const least = sum(own.map((each) => (each.tokens === 0 ? 0 : usedTokens(each))));
    const most = sum(own.map(mostUsed));
    const name = own[0]?.ask.pool.name ?? poolId;
    return [
      ...(consumed < least || consumed > most
        ? [`${name} was billed ${consumed} tokens for ${least} (at most ${most}) that it got`]
        : []),
      ...(served === consumed ? [] : [`${name} served ${served} tokens and consumed ${consumed}`]),
    ];
  });
}

/** Who goes away may be billed for what was on its way; a failure may have cost the prompt. */
function mostUsed(told: Told): number {
  const used = usedTokens(told);
  return told.ending === 'left' ? used + told.ask.shape.length - told.tokens : used;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
