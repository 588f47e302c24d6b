import type { ComposedBatch } from './batch-composer.ts';

/** A step of the engine may take this long, so that running streams never seem to hang. */
const minimumBudgetMs = 100;
/** Or this many plain decode steps, where the model itself is slower than that. */
const budgetInDecodeSteps = 2;
/** Aim a little below the budget: a step is measured only after it was taken. */
const aim = 0.95;
const firstChunkTokens = 8;
/** However long a step takes, a prompt goes on: on a busy computer even one token may exceed the budget. */
const leastChunkTokens = 4;
const maxGrowth = 2;
/** One slow step may only mean that the computer was busy elsewhere. */
const maxShrink = 0.5;
/**
 * llama.cpp's attention on the processor works in tiles of 64 tokens; a smaller chunk takes another,
 * slower way: with 1,200 tokens before it, 68 tokens took 102 ms and 64 took 137. One more, because
 * the first token of a chunk is evaluated together with those of the streams.
 */
const tileTokens = 65;
/** A whole tile is kept until its step takes so much more than the budget. */
const tileOverrun = 1.5;
const smoothing = 0.5;

/**
 * Decides how many prompt tokens one engine step may read, in time instead of tokens: 64 tokens take
 * 48 ms on a model of 20M parameters and 180 ms on one of 100M. The same bound makes a prefill
 * cancellable within one step.
 *
 * A feedback loop: the next chunk is the last one times (wished time / time it took). What a step takes
 * has a large part that does not depend on its tokens (the weights are read once for the streams and
 * once more for the prompt, because llama.cpp splits a batch into parts of equal length per
 * sequence). Scaling the whole by the ratio therefore never overshoots, and comes to rest exactly
 * where the step takes the wished time. Nothing has to know how large that part is: telling it
 * from the price of a token by regression drifts, because steps at rest all have the same size.
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
  /** What one step may read, all prompts together. */
  private stepTokens = firstChunkTokens;
  private prefills = 0;
  /** Several prompts read in one step: it is judged once. */
  private isJudged = true;

  constructor(options: { readonly monotonic: () => number; readonly largestChunkTokens: number }) {
    this.monotonic = options.monotonic;
    this.largestChunkTokens = options.largestChunkTokens;
  }

  /** Milliseconds that a step with prompt tokens in it may take. */
  get budgetMs(): number {
    return Math.max(minimumBudgetMs, budgetInDecodeSteps * this.decodeStepMs);
  }

  batchStarted(batch: ComposedBatch): void {
    this.batch = { ...batch, startedAt: this.monotonic() };
    this.isJudged = batch.promptTokens === 0;
  }

  /** Called when a stream got its token. */
  decodeStepEnded(): void {
    if (this.batch.promptTokens > 0) return;
    const elapsedMs = this.monotonic() - this.batch.startedAt;
    this.decodeStepMs =
      this.decodeStepMs === 0
        ? elapsedMs
        : this.decodeStepMs * (1 - smoothing) + elapsedMs * smoothing;
  }

  /** Called when a chunk of a prompt was read. */
  promptStepEnded(): void {
    if (this.isJudged) return;
    this.isJudged = true;
    const elapsedMs = Math.max(this.monotonic() - this.batch.startedAt, Number.MIN_VALUE);
    const ratio = (aim * this.budgetMs) / elapsedMs;
    // The end of a prompt is a small chunk for want of tokens, not of time: it says nothing but "too slow".
    const isWhole = this.batch.promptTokens >= Math.round(this.stepTokens);
    if (ratio >= 1 && !isWhole) return;
    const scale = Math.min(maxGrowth, Math.max(maxShrink, ratio));
    const wished = Math.min(this.stepTokens, this.batch.promptTokens) * scale;
    const least = this.keepsTile(elapsedMs) ? tileTokens : leastChunkTokens;
    this.stepTokens = Math.min(this.largestChunkTokens, Math.max(least, wished));
  }

  /** Whether falling below a tile would cost more than it saves. */
  private keepsTile(elapsedMs: number): boolean {
    return this.batch.promptTokens >= tileTokens && elapsedMs <= tileOverrun * this.budgetMs;
  }

  prefillStarted(): void {
    this.prefills += 1;
  }

  prefillEnded(): void {
    this.prefills -= 1;
  }

  /** Tokens the next chunk of one prompt may have; prompts read at the same time share the step. */
  nextChunkTokens(): number {
    return Math.max(1, Math.round(this.stepTokens / Math.max(1, this.prefills)));
  }
}
