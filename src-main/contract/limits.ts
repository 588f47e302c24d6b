import { z } from 'zod';
import { instant } from './common.ts';

const count = z.int().min(0).max(1_000_000_000_000).optional();

/**
 * How much somebody or something may use. Absent: unlimited; 0 lets nothing through. Rates slide, days
 * and months are those of the gateway's time zone, money is in millionths of a US dollar.
 */
export const usageLimits = z.strictObject({
  requestsPerMinute: count,
  /** Prompt and answer together. */
  tokensPerMinute: count,
  concurrentRequests: count,
  tokensPerDay: count,
  tokensPerMonth: count,
  spendMicrosPerDay: count,
  spendMicrosPerMonth: count,
});
export type UsageLimits = z.infer<typeof usageLimits>;

/** How far one limit is used up, for a level with its sill. */
export const limitUse = z.object({
  limit: z.enum([
    'requestsPerMinute',
    'tokensPerMinute',
    'concurrentRequests',
    'tokensPerDay',
    'tokensPerMonth',
    'spendMicrosPerDay',
    'spendMicrosPerMonth',
  ]),
  allowed: z.number(),
  used: z.number(),
  /** When it is whole again; absent for concurrency. */
  resetsAt: instant.optional(),
});
export type LimitUse = z.infer<typeof limitUse>;

/** What may be asked of one model by everybody together. */
export const modelLimits = z.object({
  model: z.string(),
  /** Absent: no limit. */
  limits: usageLimits.optional(),
  uses: z.array(limitUse),
});
export type ModelLimits = z.infer<typeof modelLimits>;
