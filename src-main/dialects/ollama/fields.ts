import { z } from 'zod';
import type { ChatInput, OutputFormat, ReasoningEffort, Sampling } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import { reasoningBudgets } from '../openai/reasoning-budgets.ts';
import { present, refusedField } from '../openai/fields.ts';

const maxStops = 16;

/** `-1` and `-2` are how this API spells "no limit". */
const tokenLimit = z
  .int()
  .min(-2)
  .transform((limit) => (limit <= 0 ? undefined : limit));

const options = z.looseObject({
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  repeat_penalty: z.number().min(0).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  num_predict: tokenLimit.nullish(),
  stop: z
    .union([z.string(), z.array(z.string()).max(maxStops)])
    .transform((stop) => [stop].flat().filter((each) => each !== ''))
    .nullish(),
});

/** Fields that chats and prompts share. */
export const generationFields = {
  model: z.string().min(1, 'must name a model'),
  stream: z.boolean().default(true),
  format: z.union([z.literal(''), z.literal('json'), z.record(z.string(), z.unknown())]).optional(),
  think: z.union([z.boolean(), z.enum(['low', 'medium', 'high', 'max'])]).optional(),
  options: options.optional(),
  keep_alive: z.union([z.string(), z.number()]).optional(),
  logprobs: z.boolean().default(false),
  top_logprobs: z.int().min(0).max(20).optional(),
};
type Generation = z.output<z.ZodObject<typeof generationFields>>;

/** Names what has no effect: how long a model stays is decided where its machine is. */
export function noteIgnored(body: Generation, ignored: string[]): void {
  if (body.keep_alive !== undefined) ignored.push('keep_alive');
  for (const name of Object.keys(body.options ?? {})) {
    if (!Object.hasOwn(options.shape, name)) ignored.push(`options.${name}`);
  }
}

export function decodeSampling({ options: chosen = {} }: Generation): Sampling {
  const { seed } = chosen;
  return present({
    temperature: chosen.temperature ?? undefined,
    topP: chosen.top_p ?? undefined,
    topK: chosen.top_k ?? undefined,
    minP: chosen.min_p ?? undefined,
    // Engines draw from 32 bits; equal seeds stay equal.
    seed: seed === undefined || seed === null || seed === -1 ? undefined : seed >>> 0,
    repeatPenalty: chosen.repeat_penalty ?? undefined,
    frequencyPenalty: chosen.frequency_penalty ?? undefined,
    presencePenalty: chosen.presence_penalty ?? undefined,
  });
}

/** What every generated answer is asked with. */
export function decodeGeneration(body: Generation) {
  const wantsLogprobs = body.logprobs || body.top_logprobs !== undefined;
  return {
    sampling: decodeSampling(body),
    stop: body.options?.stop ?? [],
    choices: 1,
    format: decodeFormat(body.format),
    ...present({
      maxTokens: body.options?.num_predict ?? undefined,
      logprobs: wantsLogprobs ? { top: body.top_logprobs ?? 0 } : undefined,
    }),
  };
}

export function decodeThinking(
  think: Generation['think'],
): Pick<ChatInput, 'reasoning' | 'reasoningEffort' | 'reasoningBudget'> {
  if (think === undefined) return { reasoning: 'auto' };
  if (typeof think === 'boolean') return { reasoning: think ? 'on' : 'off' };
  const effort: ReasoningEffort = think;
  return {
    reasoning: 'on',
    reasoningEffort: effort,
    ...present({ reasoningBudget: reasoningBudgets[effort] }),
  };
}

function decodeFormat(format: Generation['format']): OutputFormat {
  if (format === undefined || format === '') return { type: 'text' };
  if (format === 'json') return { type: 'json-object' };
  return { type: 'json-schema', name: 'answer', schema: format };
}

/** Pictures as this API has them: base64 without a type, which their first bytes tell. */
export const imagesField = z.array(z.string().min(1)).max(64).nullish();

export function decodeImages(images: readonly string[] | null | undefined, param: string) {
  return (images ?? []).map((image, index) => {
    const type = image.startsWith('data:') ? undefined : typeOf(image);
    const url = type === undefined ? image : `data:image/${type};base64,${image}`;
    if (!/^data:image\/[a-z0-9.+-]+;base64,/i.test(url)) {
      throw refusedField(`${param}[${index.toString()}]`, 'a picture is base64');
    }
    return { type: 'image' as const, url };
  });
}

const signatures: readonly (readonly [start: string, type: string])[] = [
  ['iVBOR', 'png'],
  ['/9j/', 'jpeg'],
  ['R0lGOD', 'gif'],
  ['UklGR', 'webp'],
  ['Qk', 'bmp'],
];

function typeOf(base64: string): string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64.slice(0, 4096).trim())) return 'unknown;';
  return signatures.find(([start]) => base64.startsWith(start))?.[1] ?? 'png';
}

/** A call without anything to answer loads the model; unloading is up to its machine. */
export function refuseUnloading(keepAlive: string | number | undefined): void {
  if (keepAlive === undefined || !/^0(?:\.0*)?(?:ns|us|ms|s|m|h)?$/.test(keepAlive.toString())) {
    return;
  }
  throw new MillpondError(
    'invalid-request',
    "'keep_alive': a model is unloaded on Millpond's Models page, not by a request",
    { param: 'keep_alive', reason: 'unsupported_parameter' },
  );
}
