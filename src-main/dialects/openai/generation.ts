import { z } from 'zod';
import type { OutputFormat, Sampling } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import { present } from './fields.ts';
import type { Findings } from './fields.ts';

const mostBiases = 1024;
const maxStops = 16;

/** `-1`, which some local servers document as "no limit", means absent. */
export const tokenLimit = z
  .union([z.literal(-1), z.int().min(1)], 'must be a whole number of at least 1')
  .transform((limit) => (limit === -1 ? undefined : limit));

const maxAffinityLength = 512;
const affinityField = z.string().min(1).max(maxAffinityLength).optional().catch(undefined);

/** Fields that chat and text completions share. */
export const generationFields = {
  model: z.string().min(1, 'must name a model'),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  seed: z.int().optional(),
  logit_bias: z
    .record(z.string().regex(/^\d+$/, 'keys must be token ids'), z.number().min(-100).max(100))
    .refine(
      (bias) => Object.keys(bias).length <= mostBiases,
      `takes at most ${String(mostBiases)} tokens`,
    )
    .optional(),
  max_tokens: tokenLimit.optional(),
  n: z.int().min(1).max(128).default(1),
  stop: z
    .union([z.string().min(1), z.array(z.string().min(1)).max(maxStops)])
    .transform((stop) => (typeof stop === 'string' ? [stop] : stop))
    .default([]),
  stream: z.boolean().default(false),
  stream_options: z
    .object({
      include_usage: z.boolean().nullish(),
      include_obfuscation: z.boolean().nullish(),
    })
    .optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({
          name: z.string().min(1).max(64),
          schema: z.union([z.boolean(), z.record(z.string(), z.unknown())]).default({}),
          strict: z.boolean().nullish(),
          description: z.string().nullish(),
        }),
      }),
    ])
    .optional(),
  // What keeps the turns of a conversation on one machine; other kinds of values have no effect.
  prompt_cache_key: affinityField,
  user: affinityField,
  // Documented by other local servers; honoured because our engines have them.
  top_k: z.int().min(0).optional(),
  min_p: z.number().min(0).max(1).optional(),
  repeat_penalty: z.number().min(0).max(2).optional(),
  repetition_penalty: z.number().min(0).max(2).optional(),
};

type Generation = z.output<z.ZodObject<typeof generationFields>>;

/** What the caller calls this conversation; the finer name first. */
export function affinityOf(body: Generation): string | undefined {
  return body.prompt_cache_key ?? body.user;
}

export function decodeSampling(body: Generation): Sampling {
  return present({
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k,
    minP: body.min_p,
    seed: decodeSeed(body.seed),
    repeatPenalty: body.repeat_penalty ?? body.repetition_penalty,
    frequencyPenalty: body.frequency_penalty,
    presencePenalty: body.presence_penalty,
    logitBias: body.logit_bias,
  });
}

/** Engines draw from 32 bits; equal seeds stay equal. `-1` is how local servers spell "random". */
function decodeSeed(seed: number | undefined): number | undefined {
  return seed === undefined || seed === -1 ? undefined : seed >>> 0;
}

export function decodeFormat(format: Generation['response_format']): OutputFormat {
  if (format === undefined || format.type === 'text') return { type: 'text' };
  if (format.type === 'json_object') return { type: 'json-object' };
  return {
    type: 'json-schema',
    name: format.json_schema.name,
    schema: format.json_schema.schema,
  };
}

/** Usage is sent with a stream only when it was asked for. */
export function wantsUsage(body: Generation, { demands }: Findings): boolean {
  if (body.stream_options !== undefined && !body.stream) {
    throw new MillpondError('invalid-request', "'stream_options' needs 'stream': true", {
      param: 'stream_options',
    });
  }
  if (body.stream_options?.include_obfuscation === true) {
    demands.push({
      param: 'stream_options.include_obfuscation',
      why: 'padding against traffic analysis is not available',
    });
  }
  return body.stream_options?.include_usage === true;
}
