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
  input: z.unknown().optional(),
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

const known: ReadonlySet<unknown> = new Set(event.options.map((option) => option.shape.type.value));
const other = z.looseObject({ type: z.string().refine((type) => !known.has(type)) });

/**
 * One event, or a whole body. `other` for kinds that say nothing here, such as pings and whatever the
 * API gets one day; undefined for what is none of its events.
 */
export function parseEvent(text: string): WireEvent | 'other' | undefined {
  const value = parseJson(text);
  const result = event.safeParse(value);
  if (result.success) return result.data;
  return other.safeParse(value).success ? 'other' : undefined;
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
