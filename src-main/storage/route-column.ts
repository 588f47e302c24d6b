import { z } from 'zod';
import type { RequestLogStore } from '../gateway/ports.ts';
import { errorBody } from './columns.ts';

type RequestRecord = Parameters<RequestLogStore['append']>[0][number];
type Route = NonNullable<RequestRecord['route']>;

const candidate = z.object({
  upstream: z.string(),
  machine: z.string(),
  model: z.string().exactOptional(),
  expectedMs: z.number().exactOptional(),
  loadMs: z.number().exactOptional(),
  waitMs: z.number().exactOptional(),
  prefillMs: z.number().exactOptional(),
  decodeMs: z.number().exactOptional(),
  roundTripMs: z.number().exactOptional(),
  penaltyMs: z.number().exactOptional(),
  cachedTokens: z.number().exactOptional(),
  isChosen: z.boolean(),
  excluded: z.string().exactOptional(),
});

const attempt = z.object({
  upstream: z.string(),
  machine: z.string(),
  model: z.string().exactOptional(),
  startedMs: z.number(),
  failure: errorBody.exactOptional(),
  tokens: z.number(),
  pauseMs: z.number().exactOptional(),
});

const route = z.object({
  strategy: z.string(),
  candidates: z.array(candidate),
  attempts: z.array(attempt),
  queuedMs: z.number(),
  isSticky: z.boolean(),
  alias: z
    .object({
      name: z.string(),
      members: z.array(
        z.object({
          model: z.string(),
          isCloud: z.boolean(),
          outcome: z.enum(['asked', 'answered', 'failed', 'left-line', 'skipped']),
          reason: z.string().exactOptional(),
        }),
      ),
    })
    .exactOptional(),
});

/** Why a request was answered where it was. */
export const readRoute = (json: string): Route => route.parse(JSON.parse(json));
