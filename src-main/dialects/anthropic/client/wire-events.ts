import { z } from 'zod';

const count = z.number().nullish();

const usage = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  output_tokens_details: z.object({ thinking_tokens: count }).nullish().catch(undefined),
});
export type WireUsage = z.output<typeof usage>;

const block = z.looseObject({
  type: z.string(),
  id: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  text: z.string().optional().catch(undefined),
  thinking: z.string().optional().catch(undefined),
  input: z.unknown(),
});
export type WireBlock = z.output<typeof block>;

const stop = {
  stop_reason: z.string().nullish(),
  stop_sequence: z.string().nullish(),
};

const message = z.object({
  model: z.string().optional().catch(undefined),
  content: z.array(block).nullish(),
  usage: usage.nullish(),
  ...stop,
});
export type WireMessage = z.output<typeof message>;

const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message }),
  z.object({ type: z.literal('content_block_start'), index: z.number(), content_block: block }),
  z.object({
    type: z.literal('content_block_delta'),
    index: z.number(),
    delta: z.object({
      type: z.string(),
      text: z.string().optional(),
      thinking: z.string().optional(),
      partial_json: z.string().optional(),
    }),
  }),
  z.object({ type: z.literal('message_delta'), delta: z.object(stop), usage: usage.nullish() }),
  z.object({ type: z.literal('message_stop') }),
  z.object({ type: z.literal('error'), error: z.unknown() }),
  z.object({ type: z.literal('message'), ...message.shape }),
]);
export type WireEvent = z.output<typeof event>;

/** One event, or a whole body. Undefined for what says nothing here, such as a ping. */
export function parseEvent(text: string): WireEvent | undefined {
  const result = event.safeParse(parseJson(text));
  return result.success ? result.data : undefined;
}

const tokens = z.object({ input_tokens: z.number() });

/** The answer of `count_tokens`; undefined for anything else. */
export function parseCount(text: string): number | undefined {
  const result = tokens.safeParse(parseJson(text));
  return result.success ? result.data.input_tokens : undefined;
}

/** Undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
