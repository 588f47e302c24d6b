import { z } from 'zod';
import type { StoredApiKey } from '../gateway/ports.ts';

type UsageLimits = NonNullable<StoredApiKey['limits']>;

const count = z.number().exactOptional();

const limits = z.object({
  requestsPerMinute: count,
  tokensPerMinute: count,
  concurrentRequests: count,
  tokensPerDay: count,
  tokensPerMonth: count,
  spendMicrosPerDay: count,
  spendMicrosPerMonth: count,
});

/** What a key, a person or a model may use. */
export const readLimits = (json: string): UsageLimits => limits.parse(JSON.parse(json));
