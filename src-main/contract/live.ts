import { z } from 'zod';

/** Path of the one WebSocket a tab opens. */
export const livePath = '/control/live';

/**
 * First message of the tab. `resume` names the last event it has seen; the server replays what came
 * after it, or sends `reset` when that is too long ago and the tab must ask for everything again.
 */
export const liveHello = z.strictObject({
  type: z.literal('hello'),
  token: z.string(),
  resume: z.strictObject({ epoch: z.string(), seq: z.int() }).optional(),
});
export type LiveHello = z.infer<typeof liveHello>;

/** `epoch` names one life of the runtime: sequence numbers start again with each. */
export const liveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), epoch: z.string(), seq: z.int(), resumed: z.boolean() }),
  z.object({ type: z.literal('event'), seq: z.int(), topic: z.string(), data: z.unknown() }),
  z.object({ type: z.literal('reset') }),
]);
export type LiveMessage = z.infer<typeof liveMessage>;

/** Why the server ends a tab's socket. */
export const liveCloseCodes = {
  /** The first message was not a hello, or did not come in time. */
  protocol: 4400,
  /** The bearer is unknown, or its session was closed. Coming back is useless without signing in. */
  unauthenticated: 4401,
  /** The tab could not keep up; it comes back and resumes. */
  tooSlow: 4408,
} as const;
