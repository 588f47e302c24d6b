import { z } from 'zod';
import { answerTimings, errorBody, id, instant, tokenUsage } from './common.ts';
import { call, notify } from './kinds.ts';

/** One request to the gateway, whoever asked. Never holds prompts or answers. */
export const requestRecord = z.object({
  id,
  startedAt: instant,
  /** `window`, the key's name, or `keyless`. */
  caller: z.string(),
  /** What the client says it is: the first product of its User-Agent. */
  client: z.string(),
  task: z.string(),
  path: z.string(),
  model: z.string(),
  streamed: z.boolean(),
  state: z.enum(['waiting', 'loading', 'answering', 'done', 'failed', 'cancelled']),
  /** HTTP status; absent while running. */
  status: z.int().optional(),
  machine: z.string().optional(),
  usage: tokenUsage.optional(),
  timings: answerTimings.optional(),
  /** From arrival to the end; absent while running. */
  durationMs: z.number().optional(),
  error: errorBody.optional(),
});
export type RequestRecord = z.infer<typeof requestRecord>;

export const activity = {
  /** Running requests first, then the newest that ended. */
  list: call(
    'GET',
    '/control/activity',
    z.strictObject({
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      before: z.coerce.number().optional(),
      state: z.enum(['running', 'done', 'failed', 'cancelled']).optional(),
      search: z.string().max(200).optional(),
    }),
    z.object({ requests: z.array(requestRecord), total: z.int() }),
  ),
  /** Ends a running request of any caller. */
  cancel: call('POST', '/control/activity/:id/cancel', z.strictObject({ id }), z.object({})),
  onChanged: notify('activity.changed', z.object({ request: requestRecord })),
};
