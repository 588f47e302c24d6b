/** Tokens of one answer. `cachedTokens` is part of `promptTokens`; `reasoningTokens` of `completionTokens`. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  /** Prompt tokens that the provider kept for later requests, where it charges for that; part of `promptTokens`. */
  readonly cacheWriteTokens?: number;
  /** Counted here because the server that answered does not count. */
  readonly isEstimated?: true;
}

export const noUsage: TokenUsage = {
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
};

export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    ...((a.cacheWriteTokens ?? b.cacheWriteTokens) !== undefined && {
      cacheWriteTokens: (a.cacheWriteTokens ?? 0) + (b.cacheWriteTokens ?? 0),
    }),
    ...((a.isEstimated ?? b.isEstimated) && { isEstimated: true }),
  };
}
