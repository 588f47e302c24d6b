import { z } from 'zod';

export const id = z.uuid();
/** Epoch milliseconds. */
export const instant = z.number();
export const nothing = z.object({});

export const tokenUsage = z.object({
  promptTokens: z.number(),
  cachedTokens: z.number(),
  completionTokens: z.number(),
  reasoningTokens: z.number(),
  cacheWriteTokens: z.exactOptional(z.number()),
  isEstimated: z.exactOptional(z.literal(true)),
});

export const answerTimings = z.object({
  queuedMs: z.number(),
  loadMs: z.number(),
  prefillMs: z.number(),
  firstTokenMs: z.number(),
  decodeMs: z.number(),
});

export const errorBody = z.object({
  code: z.string(),
  message: z.string(),
  param: z.string().optional(),
  reason: z.string().optional(),
  retryAfterMs: z.number().optional(),
  /** The model that the caller did not want to wait for. */
  loading: z
    .object({ node: z.string(), phase: z.literal('loading'), percent: z.number() })
    .optional(),
});

/** What a person can turn in the window. Absent means the model's own default. */
export const chatParameters = z.object({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  topK: z.int().min(0).max(1000).optional(),
  minP: z.number().min(0).max(1).optional(),
  repeatPenalty: z.number().min(0).max(2).optional(),
  maxTokens: z.int().min(1).max(1_000_000).optional(),
  seed: z.int().min(0).optional(),
  reasoning: z.enum(['auto', 'on', 'off']).optional(),
  /** Whose machines may read the chat; absent: trusted ones. */
  privacy: z.enum(['this-machine', 'trusted', 'any']).optional(),
});
export type ChatParameters = z.infer<typeof chatParameters>;
