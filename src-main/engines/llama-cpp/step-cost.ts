/** How much older steps count beside the newest one. */
const memory = 0.7;
/** At least this part of a step is held to be the price of its tokens, whatever the fit says. */
const leastTokenShare = 0.25;

/** What a step with prompt tokens takes: `fixedMs + tokens * tokenMs`. */
export interface StepCost {
  readonly fixedMs: number;
  readonly tokenMs: number;
}

/**
 * Learns the cost of prompt steps by least squares over the last few, newest first in weight.
 *
 * The two parts must be told apart: on a busy computer every step waits for its turn, however small
 * it is. Charged to the tokens, that wait would make the next step smaller, which makes each token
 * look dearer still, until a prompt is read token by token.
 */
export class StepCostEstimate {
  private weight = 0;
  private tokens = 0;
  private ms = 0;
  private tokensSquared = 0;
  private tokensTimesMs = 0;

  add(tokens: number, ms: number): void {
    this.weight = this.weight * memory + 1;
    this.tokens = this.tokens * memory + tokens;
    this.ms = this.ms * memory + ms;
    this.tokensSquared = this.tokensSquared * memory + tokens * tokens;
    this.tokensTimesMs = this.tokensTimesMs * memory + tokens * ms;
  }

  /** Undefined before the first step. */
  current(): StepCost | undefined {
    if (this.weight === 0) return undefined;
    const meanTokens = this.tokens / this.weight;
    const meanMs = this.ms / this.weight;
    const everything = meanMs / meanTokens;
    const variance = this.tokensSquared / this.weight - meanTokens * meanTokens;
    const covariance = this.tokensTimesMs / this.weight - meanTokens * meanMs;
    // Steps of one size say nothing about how their cost splits.
    const slope = variance < 0.5 ? everything : covariance / variance;
    const tokenMs = Math.min(everything, Math.max(everything * leastTokenShare, slope));
    return { tokenMs, fixedMs: meanMs - tokenMs * meanTokens };
  }
}
