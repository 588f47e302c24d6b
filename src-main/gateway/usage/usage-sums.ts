import type { UsageSum } from '../../contract/usage.ts';

export const noUsageSum: UsageSum = {
  requests: 0,
  failed: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  costMicros: 0,
  creditMicros: 0,
  unpriced: 0,
};

export function addSums(a: UsageSum, b: UsageSum): UsageSum {
  return {
    requests: a.requests + b.requests,
    failed: a.failed + b.failed,
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    costMicros: a.costMicros + b.costMicros,
    creditMicros: a.creditMicros + b.creditMicros,
    unpriced: a.unpriced + b.unpriced,
  };
}
