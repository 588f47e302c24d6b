import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { call } from './kinds.ts';

/** What was used together. Costs are millionths of a US dollar and hold what has a known price. */
export const usageSum = z.object({
  requests: z.int(),
  failed: z.int(),
  promptTokens: z.int(),
  cachedTokens: z.int(),
  completionTokens: z.int(),
  reasoningTokens: z.int(),
  costMicros: z.int(),
  /** Credited to the owners of machines. */
  creditMicros: z.int(),
  /** Requests of cloud models without a known price: missing from `costMicros`. */
  unpriced: z.int(),
});
export type UsageSum = z.infer<typeof usageSum>;

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

/** Both together: here and in the window, whose table behind the chart adds up the points of its rows. */
export function addUsageSums(a: UsageSum, b: UsageSum): UsageSum {
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

export const usageGrouping = z.enum(['key', 'person', 'model', 'machine', 'provider', 'pool']);
export type UsageGrouping = z.infer<typeof usageGrouping>;

const range = {
  /** Whole hours or days that touch the time from here… */
  from: instant,
  /** …to here, exclusive. */
  to: instant,
  by: usageGrouping,
  keyId: z.string().max(100).optional(),
  personId: z.string().max(100).optional(),
  model: z.string().max(300).optional(),
  machine: z.string().max(200).optional(),
  provider: z.string().max(100).optional(),
  poolId: z.string().max(100).optional(),
};

const queryRange = { ...range, from: z.coerce.number(), to: z.coerce.number() };

export const usage = {
  /**
   * The chart and the table behind it: the sums of the rows are the totals, and those of the points are
   * the rows. Viewers and above see everybody's; members their own.
   */
  report: call(
    'GET',
    '/control/usage',
    z.strictObject({ ...queryRange, step: z.enum(['hour', 'day']) }),
    z.object({
      totals: usageSum,
      rows: z.array(
        z.object({
          /** The id behind the row; empty for what has none, such as requests without a key. */
          group: z.string(),
          /** As people call it. */
          label: z.string(),
          sum: usageSum,
          points: z.array(z.object({ at: instant, sum: usageSum })),
        }),
      ),
      /** Requests that ended and are not yet in the sums. */
      pending: z.int(),
    }),
  ),
  /** One line per day and key, person, model, machine and provider. */
  export: call(
    'GET',
    '/control/usage/export',
    z.strictObject({
      from: z.coerce.number(),
      to: z.coerce.number(),
      format: z.enum(['csv', 'json']),
    }),
    z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  ),
};

/** Millionths of a US dollar per million tokens. The first tier that the prompt fits counts. */
export const priceTier = z.strictObject({
  /** Longest prompt of the tier, in tokens; 0: any. */
  maxInputTokens: z.int().min(0),
  inputMicros: z.int().min(0),
  /** Absent: a fifth of `inputMicros`. */
  cachedInputMicros: z.int().min(0).optional(),
  /** Absent: as `inputMicros`. */
  cacheWriteMicros: z.int().min(0).optional(),
  outputMicros: z.int().min(0),
});
export type PriceTier = z.infer<typeof priceTier>;

export const modelPrice = z.object({
  model: z.string().min(1).max(300),
  /** The provider's preset or name; absent: whoever answers with the model. */
  provider: z.string().max(100).optional(),
  tiers: z.array(priceTier).min(1).max(20),
  /** What the owner of a pool's machine earns; absent: nothing. */
  contributorTiers: z.array(priceTier).max(20).optional(),
  source: z.enum(['bundled', 'manual', 'file']),
  /** When a bundled price was looked up. */
  asOf: z.string().optional(),
});
export type ModelPrice = z.infer<typeof modelPrice>;

export const prices = {
  list: call(
    'GET',
    '/control/prices',
    nothing,
    z.object({
      prices: z.array(modelPrice),
      /** Cloud models that are served and have none. */
      missing: z.array(z.object({ model: z.string(), provider: z.string() })),
    }),
  ),
  /** Holds from the next request on; what was charged stays. */
  set: call(
    'POST',
    '/control/prices',
    modelPrice.omit({ source: true, asOf: true }).strict(),
    modelPrice,
  ),
  /** Goes back to the bundled price, where there is one. */
  remove: call(
    'POST',
    '/control/prices/remove',
    z.strictObject({ model: z.string().max(300), provider: z.string().max(100).optional() }),
    nothing,
  ),
};
