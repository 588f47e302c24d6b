import { z } from 'zod';

const textBlock = z.object({ type: z.literal('text'), text: z.string() });

const imageBlock = z.object({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('base64'),
      media_type: z.string().regex(/^image\/[a-z0-9.+-]+$/i, 'must be a type of picture'),
      data: z.string(),
    }),
    z.object({ type: z.literal('url'), url: z.string() }),
    z.object({ type: z.literal('file'), file_id: z.string() }),
  ]),
});

const documentBlock = z.object({
  type: z.literal('document'),
  source: z.looseObject({ type: z.string(), data: z.string().optional().catch(undefined) }),
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.object({ enabled: z.boolean().nullish() }).nullish(),
});

/** A block that this decoder knows by name only. */
const otherBlock = (known: readonly string[]) =>
  z.looseObject({ type: z.string().refine((type) => !known.includes(type), { abort: true }) });

const resultBlock = z.union([
  z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock]),
  otherBlock(['text', 'image', 'document']),
]);

const knownBlock = z.discriminatedUnion('type', [
  textBlock,
  imageBlock,
  documentBlock,
  z.object({
    type: z.literal('tool_use'),
    id: z.string().min(1),
    name: z.string().min(1),
    input: z.unknown(),
  }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string().min(1),
    content: z.union([z.string(), z.array(resultBlock)]).nullish(),
    is_error: z.boolean().nullish(),
  }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
]);

const contentBlock = z.union([
  knownBlock,
  otherBlock([
    'text',
    'image',
    'document',
    'tool_use',
    'tool_result',
    'thinking',
    'redacted_thinking',
  ]),
]);

const textOnly = z.union([z.string(), z.array(textBlock)]);
export type TextOnly = z.output<typeof textOnly>;

export const systemField = textOnly.optional();

const anyContent = z.union([z.string(), z.array(contentBlock)]);
const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), content: anyContent }),
  z.object({ role: z.literal('assistant'), content: anyContent }),
  z.object({ role: z.literal('system'), content: textOnly }),
]);

export const messagesField = z.array(message).min(1, 'must hold at least one message').max(100_000);

export type WireMessage = z.output<typeof message>;
export type KnownBlock = z.output<typeof knownBlock>;
export type AnyBlock = z.output<typeof contentBlock>;
export type ResultBlock = z.output<typeof resultBlock>;
export type BlockOf<Type extends KnownBlock['type']> = Extract<KnownBlock, { type: Type }>;
