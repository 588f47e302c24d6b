import type { EstimateSheet } from './estimate-sheet.ts';
import { hashText, liking } from './rendezvous.ts';

/** One request in a hundred may try a machine. */
const triedShare = 0.01;
/** A trial may be expected to take so much longer than the best machine, and no more. */
const longestDetourMs = 5000;
/** Who has more of its beginning somewhere goes on with something. */
const mostHeldTokens = 256;

/** Whether this request, if it is free to go anywhere, tries a machine: the same each time it is ranked. */
export function isTrial(requestId: string, seed: number): boolean {
  return liking(hashText(requestId), seed) < triedShare * 2 ** 32;
}

/**
 * The cheapest machine that we have never measured, for a prompt that goes on with nothing: else one
 * that is slow by its own word would never be asked, and never be known better. It must be ready, free
 * and not much slower by what we believe. Undefined when there is none, or when it is the best anyway.
 */
export function trialOf(
  sheet: EstimateSheet,
  order: Uint32Array,
  isMeasured: (row: number) => boolean,
): number | undefined {
  const best = order[0];
  if (best === undefined || !isMeasured(best)) return undefined;
  const most = sheet.cost(best) + longestDetourMs;
  for (let row = 0; row < sheet.rows; row += 1) {
    if (sheet.cachedTokens(row) >= mostHeldTokens) return undefined;
  }
  return order.find(
    (row) =>
      sheet.cost(row) <= most &&
      sheet.waitMs(row) === 0 &&
      sheet.loadMs(row) === 0 &&
      !isMeasured(row),
  );
}
