import type { ComposedBatch } from './batch-composer.ts';
import { StepCostEstimate } from './step-cost.ts';

/** A step of the engine may take this long, so that running streams never seem to hang. */
const minimumBudgetMs = 100;
/** Or this many plain decode steps, where the model itself is slower than that. */
const budgetInDecodeSteps = 2;
/** Aim below the budget: a step is measured only after it was taken. */
const aim = 0.75;
const firstChunkTokens = 8;
const maxGrowth = 2;
/** A step may be slow because the computer was busy elsewhere: believe in a higher cost slowly. */
const maxCostRise = 3;
/** However long everything else in a step takes, a prompt has its part in it. */
const leastShareOfStep = 0.25;
const smoothing = 0.5;

/**
 * Decides how many prompt tokens one engine step may read, in time instead of tokens: 64 tokens take
 * 48 ms on a model of 20M parameters and 250 ms on one of 100M. The same bound makes a prefill
 * cancellable within one step.
 */
export class StepPacer {
  private readonly monotonic: () => number;
  private readonly largestChunkTokens: number;
  private batch: ComposedBatch & { readonly startedAt: number } = {
    promptTokens: 0,
    decodeTokens: 0,
    startedAt: 0,
  };
  private decodeStepMs = 0;
  private readonly cost = new StepCostEstimate();
  private lastChunkTokens = firstChunkTokens / maxGrowth;
  private grantedTokens = firstChunkTokens;
  private prefills = 0;

  constructor(options: { readonly monotonic: () => number; readonly largestChunkTokens: number }) {
    this.monotonic = options.monotonic;
    this.largestChunkTokens = options.largestChunkTokens;
  }

  /** Milliseconds that a step with prompt tokens in it may take. */
  get budgetMs(): number {
    return Math.max(minimumBudgetMs, budgetInDecodeSteps * this.decodeStepMs);
  }

  /** What the streams that share the step take of it. */
  private get besideMs(): number {
    return this.batch.decodeTokens > 0 ? this.decodeStepMs : 0;
  }

  batchStarted(batch: ComposedBatch): void {
    this.batch = { ...batch, startedAt: this.monotonic() };
  }

  /** Called when a stream got its token. */
  decodeStepEnded(): void {
    if (this.batch.promptTokens > 0) return;
    const elapsedMs = this.monotonic() - this.batch.startedAt;
    this.decodeStepMs = this.decodeStepMs === 0 ? elapsedMs : mix(this.decodeStepMs, elapsedMs);
  }

  /** Called when a chunk of a prompt was read. */
  promptStepEnded(): void {
    const { promptTokens, startedAt } = this.batch;
    if (promptTokens === 0) return;
    const elapsedMs = this.monotonic() - startedAt;
    const ownMs = Math.max(elapsedMs - this.besideMs, elapsedMs * leastShareOfStep);
    const known = this.cost.current();
    const expectedMs = known ? known.fixedMs + known.tokenMs * promptTokens : Infinity;
    this.cost.add(promptTokens, Math.min(ownMs, expectedMs * maxCostRise));
    // The end of a prompt is a small chunk for want of tokens, not of time: the next one starts as large.
    const affordable = Math.min(this.lastChunkTokens, this.grantedTokens);
    this.lastChunkTokens = Math.max(promptTokens, affordable);
  }

  prefillStarted(): void {
    this.prefills += 1;
  }

  prefillEnded(): void {
    this.prefills -= 1;
  }

  /** Tokens the next chunk of one prompt may have; prompts read at the same time share the step. */
  nextChunkTokens(): number {
    const byTime = this.tokensInBudget() ?? firstChunkTokens;
    const step = Math.min(byTime, this.lastChunkTokens * maxGrowth, this.largestChunkTokens);
    this.grantedTokens = step;
    return Math.max(1, Math.floor(step / Math.max(1, this.prefills)));
  }

  private tokensInBudget(): number | undefined {
    const cost = this.cost.current();
    if (cost === undefined || cost.tokenMs <= 0) return undefined;
    const wholeMs = aim * this.budgetMs;
    const ownMs = Math.max(wholeMs - this.besideMs - cost.fixedMs, wholeMs * leastShareOfStep);
    return ownMs / cost.tokenMs;
  }
}

function mix(old: number, fresh: number): number {
  return old * (1 - smoothing) + fresh * smoothing;
}
