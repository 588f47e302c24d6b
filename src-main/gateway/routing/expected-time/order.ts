import type { EstimateSheet } from './estimate-sheet.ts';

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

/** A sort key is a cost with a row behind it, so that numbers are sorted instead of objects. */
const rowRange = 2 ** 20;
/** What costs more than 99 days costs as much; a key has to be exact. */
const highestCost = 2 ** 33 - 1;
const highestLiking = 2 ** 32 - 1;

/**
 * The rows of a sheet, the cheapest first; rows that cost the same in the order of `likingOf` (32
 * bits), the most liked first, and in their own order where even that is the same.
 */
export function orderOf(sheet: EstimateSheet, likingOf: (row: number) => number): Float64Array {
  const keys = new Float64Array(sheet.rows);
  for (let row = 0; row < keys.length; row += 1) {
    const cost = sheet.cost(row);
    keys[row] = (cost < highestCost ? cost : highestCost) * rowRange + row;
  }
  keys.sort();
  const costAt = (at: number): number => Math.floor((keys[at] ?? 0) / rowRange);
  for (let from = 0; from < keys.length;) {
    const cost = costAt(from);
    let to = from + 1;
    while (to < keys.length && costAt(to) === cost) to += 1;
    if (to - from > 1) orderEquals(keys.subarray(from, to), likingOf);
    from = to;
  }
  for (let at = 0; at < keys.length; at += 1) keys[at] = (keys[at] ?? 0) % rowRange;
  return keys;
}

function orderEquals(keys: Float64Array, likingOf: (row: number) => number): void {
  for (let at = 0; at < keys.length; at += 1) {
    const row = (keys[at] ?? 0) % rowRange;
    keys[at] = (highestLiking - likingOf(row)) * rowRange + row;
  }
  keys.sort();
}

/**
 * The row that goes first: the machine with the conversation, or with the model in memory, unless the
 * cheapest one wins by more than a second and a quarter. Undefined when that is the first anyway.
 */
export function homeOf(
  sheet: EstimateSheet,
  order: Float64Array,
  promptTokens: number,
): number | undefined {
  const first = order[0];
  if (first === undefined) return undefined;
  const home = withConversation(sheet, order, promptTokens) ?? withModel(sheet, order, first);
  if (home === undefined || home === first) return undefined;
  const stayMs = sheet.cost(home);
  const winMs = stayMs - sheet.cost(first);
  return winMs > Math.max(leastWinMs, stayMs * leastWinShare) ? undefined : home;
}

function withConversation(
  sheet: EstimateSheet,
  order: Float64Array,
  promptTokens: number,
): number | undefined {
  if (promptTokens < fewestTokens) return undefined;
  let most = 0;
  for (let row = 0; row < sheet.rows; row += 1) most = Math.max(most, sheet.cachedTokens(row));
  if (most === 0) return undefined;
  return order.find((row) => {
    const cachedTokens = sheet.cachedTokens(row);
    if (cachedTokens === 0 || cachedTokens < most * homeShare) return false;
    const freshTokens = promptTokens - cachedTokens;
    const savedMs = (sheet.prefillMs(row) / Math.max(1, freshTokens)) * cachedTokens;
    return savedMs >= leastSavingMs;
  });
}

function withModel(sheet: EstimateSheet, order: Float64Array, first: number): number | undefined {
  if (sheet.loadMs(first) === 0) return undefined;
  return order.find((row) => sheet.loadMs(row) === 0);
}
