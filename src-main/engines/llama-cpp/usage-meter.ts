import type { TokenUsage } from '../../core/usage.ts';

/** Counts the tokens of one request while it runs, over all its choices; the prompt counts once. */
export class UsageMeter {
  private readonly promptTokens: number;
  private cachedTokens = 0;
  private completionTokens = 0;
  private reasoningTokens = 0;

  constructor(promptTokens: number) {
    this.promptTokens = promptTokens;
  }

  /** How much of the prompt the slot held already. */
  reused(tokens: number): void {
    this.cachedTokens = Math.min(tokens, this.promptTokens);
  }

  generated(isReasoning: boolean): void {
    this.completionTokens += 1;
    if (isReasoning) this.reasoningTokens += 1;
  }

  soFar(): TokenUsage {
    return {
      promptTokens: this.promptTokens,
      cachedTokens: this.cachedTokens,
      completionTokens: this.completionTokens,
      reasoningTokens: this.reasoningTokens,
    };
  }
}
