import { z } from 'zod';
import { answerTimings, errorBody, id, instant, tokenUsage } from './common.ts';
import { call, notify } from './kinds.ts';

/** Why one machine was chosen and what was tried. Figures in milliseconds. */
export const routeDecision = z.object({
  strategy: z.string(),
  candidates: z.array(
    z.object({
      upstream: z.string(),
      machine: z.string(),
      /** Which member of the alias it was looked at for; absent without an alias. */
      model: z.string().optional(),
      /** What an answer there was expected to take; absent for one that was filtered out. */
      expectedMs: z.number().optional(),
      loadMs: z.number().optional(),
      waitMs: z.number().optional(),
      prefillMs: z.number().optional(),
      decodeMs: z.number().optional(),
      roundTripMs: z.number().optional(),
      penaltyMs: z.number().optional(),
      cachedTokens: z.int().optional(),
      isChosen: z.boolean(),
      /** Why it was not considered, in one clause. */
      excluded: z.string().optional(),
    }),
  ),
  /** In order; the last one answered unless it failed. */
  attempts: z.array(
    z.object({
      upstream: z.string(),
      machine: z.string(),
      model: z.string().optional(),
      startedMs: z.number(),
      /** Absent when it answered to the end. */
      failure: errorBody.optional(),
      tokens: z.int(),
      /** It went on with an answer that had begun elsewhere: so long the caller got nothing. */
      pauseMs: z.number().optional(),
    }),
  ),
  queuedMs: z.number(),
  /** Stuck to the machine that has the conversation although another looked as fast. */
  isSticky: z.boolean(),
  /** Where an alias was asked: what became of its members, in order. */
  alias: z
    .object({
      name: z.string(),
      members: z.array(
        z.object({
          model: z.string(),
          /** A cloud provider's; behind one that is not, the prompt crossed over to a cloud. */
          isCloud: z.boolean(),
          /** `left-line`: the wait there was too long. `skipped`: it was not asked. */
          outcome: z.enum(['asked', 'answered', 'failed', 'left-line', 'skipped']),
          /** One sentence; absent for one that answered or is being asked. */
          reason: z.string().optional(),
        }),
      ),
    })
    .optional(),
});
export type RouteDecision = z.infer<typeof routeDecision>;

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
  /** While `waiting`: its place in line, 1 is next, and about how long. */
  queue: z.object({ position: z.int(), etaMs: z.number().optional() }).optional(),
  /** The pool it was asked of; absent for this machine's own. */
  poolId: z.string().optional(),
  /** Whose request it is. */
  personId: z.string().optional(),
  /** Why there; absent when there was nothing to choose. */
  route: routeDecision.optional(),
  /** Machines it came over from, in order. */
  movedFrom: z.array(z.string()).optional(),
  /** The key that it came with; absent for windows and keyless callers. */
  keyId: z.string().optional(),
  /** The alias that was asked, where `model` is one of its members. */
  alias: z.string().optional(),
  /** The cloud provider that answered; absent where a machine did. */
  provider: z.string().optional(),
  /** Membership or upstream that answered, for sorting by machine. */
  upstream: z.string().optional(),
  /** Millionths of a US dollar; absent while running and where the price is not known. */
  costMicros: z.int().optional(),
  /** A cloud model without a known price: its cost is missing from every sum. */
  isUnpriced: z.literal(true).optional(),
  /** What the owner of the machine that answered is credited, in millionths of a US dollar. */
  creditMicros: z.int().optional(),
  /** Answered from the answer cache: nobody was asked. */
  isCached: z.literal(true).optional(),
  /** Tags of its key. */
  tags: z.array(z.string()).optional(),
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
      /** Only requests that were asked of this pool, held here or joined. */
      poolId: z.string().max(100).optional(),
      model: z.string().max(300).optional(),
      keyId: z.string().max(100).optional(),
      personId: z.string().max(100).optional(),
      provider: z.string().max(100).optional(),
      machine: z.string().max(200).optional(),
    }),
    z.object({ requests: z.array(requestRecord), total: z.int() }),
  ),
  /** One request, running or ended; `not-found` once the log has forgotten it. */
  get: call('GET', '/control/activity/:id', z.strictObject({ id }), requestRecord),
  /** Ends a running request of any caller. */
  cancel: call('POST', '/control/activity/:id/cancel', z.strictObject({ id }), z.object({})),
  onChanged: notify('activity.changed', z.object({ request: requestRecord })),
};
