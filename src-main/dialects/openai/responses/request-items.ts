import { z } from 'zod';

const textPart = z.object({
  type: z.enum(['input_text', 'output_text', 'text', 'summary_text', 'reasoning_text']),
  text: z.string(),
});
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });
const imagePart = z.object({
  type: z.literal('input_image'),
  image_url: z.string().nullish(),
  file_id: z.string().nullish(),
  detail: z.string().nullish(),
});
const filePart = z.object({ type: z.literal('input_file') });
const audioPart = z.object({ type: z.literal('input_audio') });

const part = z.discriminatedUnion('type', [textPart, refusalPart, imagePart, filePart, audioPart]);
export type WirePart = z.output<typeof part>;
const content = z.union([z.string(), z.array(part)]);
const id = z.string().nullish();

const known = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    id,
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content,
  }),
  z.object({
    type: z.literal('function_call'),
    id,
    call_id: z.string().min(1),
    name: z.string().min(1),
    arguments: z.string(),
  }),
  z.object({
    type: z.literal('function_call_output'),
    id,
    call_id: z.string().min(1),
    output: content,
  }),
  z.object({
    type: z.literal('reasoning'),
    id,
    summary: z.array(z.object({ text: z.string() })).nullish(),
    content: z.array(z.object({ text: z.string() })).nullish(),
    encrypted_content: z.string().nullish(),
  }),
  z.object({ type: z.literal('item_reference'), id: z.string().min(1) }),
  // Calls and results of tools that only their provider runs.
  z.object({ type: z.literal('foreign'), name: z.string() }),
]);
export type RequestItem = z.output<typeof known>;

const knownTypes: ReadonlySet<string> = new Set<RequestItem['type']>([
  'message',
  'function_call',
  'function_call_output',
  'reasoning',
  'item_reference',
]);

/** What stands without a type is a message, or where it has no role, a reference. */
function typed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const type = 'type' in value ? value.type : undefined;
  if (typeof type === 'string') {
    return knownTypes.has(type) ? value : { type: 'foreign', name: type.slice(0, 100) };
  }
  return { ...value, type: 'role' in value ? 'message' : 'item_reference' };
}

export const mostItems = 4096;

/** One item of `input`. What is none of ours has the type `foreign`. */
export const requestItem = z.preprocess(typed, known);

export const inputField = z.union([z.string(), z.array(requestItem).max(mostItems)]);
