import { z } from 'zod';

const optionalText = z.string().nullish();
const count = z.number().nullish();

const toolDelta = z.object({
  index: z.number().nullish(),
  id: optionalText,
  function: z
    .object({
      name: optionalText,
      // Some servers send the arguments as the object that they parsed.
      arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
    })
    .nullish(),
});
export type WireToolDelta = z.output<typeof toolDelta>;

const alternative = z.object({
  token: z.string().default(''),
  id: z.number().optional(),
  logprob: z.number().nullish(),
});

const logprobs = z.object({
  content: z.array(alternative.extend({ top_logprobs: z.array(alternative).nullish() })).nullish(),
  // The older shape of text completions: parallel arrays.
  tokens: z.array(z.string()).nullish(),
  token_logprobs: z.array(z.number().nullable()).nullish(),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});
export type WireLogprobs = z.output<typeof logprobs>;

/** Mistral: a text, or a thought that is a list of texts. */
const part = z.object({
  text: optionalText,
  thinking: z.union([z.string(), z.array(z.object({ text: optionalText }))]).nullish(),
});
export type WirePart = z.output<typeof part>;

const delta = z.object({
  content: z.union([z.string(), z.array(part)]).nullish(),
  reasoning: optionalText,
  reasoning_content: optionalText,
  refusal: optionalText,
  tool_calls: z.array(toolDelta).nullish(),
});
export type WireDelta = z.output<typeof delta>;

const choice = z.object({
  index: z.number().nullish(),
  delta: delta.nullish(),
  /** Of an answer that came whole although a stream was asked for. */
  message: delta.nullish(),
  /** Of text completions. */
  text: optionalText,
  logprobs: logprobs.nullish(),
  finish_reason: optionalText,
  /** vLLM: the stop string, or the id of the token that ended the answer. */
  stop_reason: z.union([z.string(), z.number()]).nullish(),
});
export type WireChoice = z.output<typeof choice>;

/** llama-server: what was done so far, in every chunk when asked for. */
const timings = z.object({
  cache_n: count,
  prompt_n: z.number(),
  prompt_ms: z.number(),
  predicted_n: z.number(),
});
export type WireTimings = z.output<typeof timings>;

const wireAnswer = z.object({
  choices: z.array(choice).nullish(),
  usage: z.unknown().optional(),
  timings: timings.nullish().catch(undefined),
  error: z.unknown().optional(),
});
export type WireAnswer = z.output<typeof wireAnswer>;

/** One event, or a whole body. Undefined when it is not an answer of this API at all. */
export function parseAnswer(text: string): WireAnswer | undefined {
  const result = wireAnswer.safeParse(parseJson(text));
  return result.success ? result.data : undefined;
}

/** Undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
