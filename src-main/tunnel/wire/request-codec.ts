import { z } from 'zod';
import type {
  CanonicalInput,
  ChatInput,
  ChatMessage,
  CompletionInput,
  InferenceRequest,
  JsonSchema,
  RequestEnvelope,
  Sampling,
} from '../../core/inference.ts';
import { documentVersion, fromJsonBytes, toJsonBytes } from './json-bytes.ts';
import { bodyPartBytes, inlineBodyBytes, maxBodyBytes } from './protocol.ts';

/** How a request's body travels: inside the message that announces it, or in parts behind it. */
export interface EncodedRequest {
  /** Empty when it follows in `parts`. */
  readonly inline: Buffer;
  readonly parts: readonly Buffer[];
  readonly bytes: number;
}

/** Envelope and canonical input as one versioned document. What the caller sent stays behind. */
export function encodeRequest({ envelope, input }: InferenceRequest): EncodedRequest {
  const body = toJsonBytes({ version: documentVersion, envelope, input });
  if (body.byteLength <= inlineBodyBytes) return { inline: body, parts: [], bytes: body.length };
  const parts: Buffer[] = [];
  for (let start = 0; start < body.byteLength; start += bodyPartBytes) {
    parts.push(body.subarray(start, start + bodyPartBytes));
  }
  return { inline: Buffer.alloc(0), parts, bytes: body.byteLength };
}

/** A request of the other side; throws a `protocol` error that names what is wrong with it. */
export function decodeRequest(body: Uint8Array): InferenceRequest {
  const { envelope, input } = fromJsonBytes(body, requestDocument, {
    what: 'a request',
    maxBytes: maxBodyBytes,
  });
  return { envelope, input };
}

const shortText = z.string().max(1_000);
const count = z.int().min(0);
const maxList = 10_000;

/** Every field has its schema: one that the core gains and this lacks would be lost on the way. */
type FieldsOf<T> = Readonly<Record<keyof T, z.ZodType>>;

const envelope: z.ZodType<RequestEnvelope> = z.object({
  requestId: z.string().min(1).max(100),
  model: shortText.min(1),
  digest: z.exactOptional(shortText),
  tenant: shortText,
  caller: shortText,
  priority: z.number().min(0).max(9),
  deadlineAt: z.exactOptional(z.number()),
  privacy: z.enum(['this-machine', 'trusted', 'any']),
  marks: z.array(z.string().max(200)).max(maxList),
  pools: z.exactOptional(z.array(shortText).max(100)),
  isVisitor: z.exactOptional(z.boolean()),
  pin: z.exactOptional(shortText),
  affinity: z.exactOptional(z.object({ key: shortText, isStrict: z.boolean() })),
  onColdStart: z.exactOptional(z.enum(['wait', 'refuse'])),
  slot: z.exactOptional(count),
  hops: z.exactOptional(z.array(shortText).max(32)),
  providers: z.exactOptional(z.enum(['own', 'shared'])),
  alias: z.exactOptional(shortText),
} satisfies FieldsOf<RequestEnvelope>);

const contentPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), url: z.string() }),
]);

const toolCall = z.object({ id: shortText, name: shortText, arguments: z.string() });

const message: z.ZodType<ChatMessage> = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), text: z.string() }),
  z.object({
    role: z.literal('user'),
    content: z.array(contentPart).max(maxList),
    name: z.exactOptional(shortText),
  }),
  z.object({
    role: z.literal('assistant'),
    text: z.string(),
    reasoning: z.exactOptional(z.string()),
    reasoningSignature: z.exactOptional(z.string()),
    toolCalls: z.exactOptional(z.array(toolCall).max(maxList)),
  }),
  z.object({
    role: z.literal('tool'),
    toolCallId: shortText,
    text: z.string(),
    images: z.exactOptional(z.array(z.object({ url: z.string() })).max(maxList)),
    isError: z.exactOptional(z.boolean()),
  }),
]);

const jsonSchema: z.ZodType<JsonSchema> = z.union([z.boolean(), z.record(z.string(), z.unknown())]);

const tool = z.object({
  name: shortText,
  description: z.exactOptional(z.string()),
  parameters: z.exactOptional(jsonSchema),
  strict: z.exactOptional(z.boolean()),
});

const messages = z.array(message).max(maxList);
const tools = z.array(tool).max(maxList);
const tokens = z.array(count);

const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json-object') }),
  z.object({ type: z.literal('json-schema'), name: shortText, schema: jsonSchema }),
]);

const sampling = z.object({
  temperature: z.exactOptional(z.number()),
  topP: z.exactOptional(z.number()),
  topK: z.exactOptional(z.number()),
  minP: z.exactOptional(z.number()),
  seed: z.exactOptional(z.number()),
  repeatPenalty: z.exactOptional(z.number()),
  frequencyPenalty: z.exactOptional(z.number()),
  presencePenalty: z.exactOptional(z.number()),
  logitBias: z.exactOptional(z.record(z.coerce.number<number>(), z.number())),
} satisfies FieldsOf<Sampling>);

const generation = {
  sampling,
  maxTokens: z.exactOptional(count),
  stop: z.array(z.string()).max(100),
  choices: z.int().min(1).max(128),
  logprobs: z.exactOptional(z.object({ top: z.int().min(0).max(20) })),
  continuation: z.exactOptional(z.union([z.object({ tokens }), z.object({ text: z.string() })])),
};

const input: z.ZodType<CanonicalInput> = z.discriminatedUnion('task', [
  z.object({
    task: z.literal('chat'),
    messages,
    tools,
    toolChoice: z.union([z.enum(['auto', 'none', 'required']), z.object({ name: shortText })]),
    parallelToolCalls: z.boolean(),
    format,
    reasoning: z.enum(['auto', 'on', 'off']),
    reasoningBudget: z.exactOptional(count),
    reasoningEffort: z.exactOptional(
      z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']),
    ),
    ...generation,
  } satisfies FieldsOf<ChatInput>),
  z.object({
    task: z.literal('completion'),
    prompt: z.union([z.string(), tokens]),
    suffix: z.exactOptional(z.string()),
    echo: z.boolean(),
    format,
    ...generation,
  } satisfies FieldsOf<CompletionInput>),
  z.object({
    task: z.literal('embedding'),
    inputs: z.array(z.union([z.string(), tokens])).max(maxList),
  }),
  z.object({
    task: z.literal('rerank'),
    query: z.string(),
    documents: z.array(z.string()).max(maxList),
  }),
  z.object({ task: z.literal('count'), messages, tools }),
]);

const requestDocument = z.object({ version: z.int().min(1), envelope, input });
