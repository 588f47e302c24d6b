import type { Estimate } from './estimate.ts';
import { costOf } from './ranking.ts';
import type { ExpectedParts } from './ranking.ts';

/** Where each figure stands in a row. */
const column = {
  cost: 0,
  loadMs: 1,
  waitMs: 2,
  prefillMs: 3,
  decodeMs: 4,
  roundTripMs: 5,
  penaltyMs: 6,
  evictionMs: 7,
  cachedTokens: 8,
  expectedMs: 9,
  slot: 10,
} as const;
const columns = 11;
const noSlot = -1;

/**
 * The estimates of one decision, a row for each candidate. Hundreds of them are one piece of memory,
 * and become objects only where somebody looks.
 */
export class EstimateSheet {
  readonly rows: number;
  private readonly figures: Float64Array;

  constructor(rows: number) {
    this.rows = rows;
    this.figures = new Float64Array(rows * columns);
  }

  write(row: number, estimate: Estimate): void {
    const { figures } = this;
    const at = row * columns;
    const { loadMs, waitMs, prefillMs, decodeMs, roundTripMs, penaltyMs, evictionMs } = estimate;
    const expectedMs = loadMs + waitMs + prefillMs + decodeMs + roundTripMs + penaltyMs;
    figures[at + column.cost] = Math.round(costOf({ expectedMs, evictionMs }));
    figures[at + column.loadMs] = loadMs;
    figures[at + column.waitMs] = waitMs;
    figures[at + column.prefillMs] = prefillMs;
    figures[at + column.decodeMs] = decodeMs;
    figures[at + column.roundTripMs] = roundTripMs;
    figures[at + column.penaltyMs] = penaltyMs;
    figures[at + column.evictionMs] = evictionMs;
    figures[at + column.cachedTokens] = Math.floor(estimate.cachedTokens);
    figures[at + column.expectedMs] = expectedMs;
    figures[at + column.slot] =
      estimate.cachedTokens > 0 ? (estimate.place?.slot ?? noSlot) : noSlot;
  }

  /** Whole milliseconds that decide: what it takes, and what it makes others pay. */
  cost(row: number): number {
    return this.read(row, column.cost);
  }

  loadMs(row: number): number {
    return this.read(row, column.loadMs);
  }

  waitMs(row: number): number {
    return this.read(row, column.waitMs);
  }

  prefillMs(row: number): number {
    return this.read(row, column.prefillMs);
  }

  cachedTokens(row: number): number {
    return this.read(row, column.cachedTokens);
  }

  parts(row: number): ExpectedParts {
    const slot = this.read(row, column.slot);
    return {
      loadMs: this.read(row, column.loadMs),
      waitMs: this.read(row, column.waitMs),
      prefillMs: this.read(row, column.prefillMs),
      decodeMs: this.read(row, column.decodeMs),
      roundTripMs: this.read(row, column.roundTripMs),
      penaltyMs: this.read(row, column.penaltyMs),
      evictionMs: this.read(row, column.evictionMs),
      cachedTokens: this.read(row, column.cachedTokens),
      expectedMs: this.read(row, column.expectedMs),
      ...(slot !== noSlot && { slot }),
    };
  }

  private read(row: number, figure: number): number {
    return this.figures[row * columns + figure] ?? 0;
  }
}
