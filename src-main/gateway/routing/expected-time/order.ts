import type { EstimateSheet } from './estimate-sheet.ts';
import { sortRows } from './row-sort.ts';

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

/** What costs more than 49 days costs as much. */
const highestKey = 2 ** 32 - 1;

/**
 * The rows of a sheet, the cheapest first; rows that cost the same in the order of `likingOf` (32
 * bits), the most liked first, and in their own order where even that is the same.
 */
export function orderOf(sheet: EstimateSheet, likingOf: (row: number) => number): Uint32Array {
  const order = new Uint32Array(sheet.rows);
  const costs = new Uint32Array(sheet.rows);
  for (let row = 0; row < order.length; row += 1) {
    const cost = sheet.cost(row);
    order[row] = row;
    costs[row] = cost < highestKey ? cost : highestKey;
  }
  sortRows(order, costs);
  const costAt = (at: number): number => costs[order[at] ?? 0] ?? 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    const cost = costAt(from);
    while (to < order.length && costAt(to) === cost) to += 1;
    if (to - from > 1) orderEquals(order.subarray(from, to), costs, likingOf);
  }
  return order;
}

/** Keys of rows that have been sorted are not needed any more: their places are used again. */
function orderEquals(
  equals: Uint32Array,
  keys: Uint32Array,
  likingOf: (row: number) => number,
): void {
  for (const row of equals) keys[row] = highestKey - likingOf(row);
  sortRows(equals, keys);
}

/**
 * The row that goes first: the machine with the conversation, or with the model in memory, unless the
 * cheapest one wins by more than a second and a quarter. Undefined when that is the first anyway.
 */
export function homeOf(
  sheet: EstimateSheet,
  order: Uint32Array,
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
  order: Uint32Array,
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

function withModel(sheet: EstimateSheet, order: Uint32Array, first: number): number | undefined {
  if (sheet.loadMs(first) === 0) return undefined;
  return order.find((row) => sheet.loadMs(row) === 0);
}
