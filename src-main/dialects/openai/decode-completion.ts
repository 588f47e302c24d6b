import { z } from 'zod';
import type { CompletionInput } from '../../core/inference.ts';
import type { Decoded } from '../decoded.ts';
import { present, readBody, refusedField } from './fields.ts';
import type { FieldPolicy } from './fields.ts';
import {
  affinityOf,
  decodeFormat,
  decodeSampling,
  generationFields,
  wantsUsage,
} from './generation.ts';

const tokens = z.array(z.int().min(0));
const completionBody = z.object({
  ...generationFields,
  prompt: z.union([
    z.string(),
    tokens.min(1, 'must not be empty'),
    z.array(z.string()).min(1),
    z.array(tokens).min(1),
  ]),
  suffix: z.string().optional(),
  echo: z.boolean().default(false),
  logprobs: z.int().min(0).max(20).optional(),
  best_of: z.int().min(1).optional(),
});
type CompletionBody = z.output<typeof completionBody>;

const policy: FieldPolicy = { refused: {} };

/** `POST /v1/completions`. Rejects with `invalid-request` and the name of the field. */
export function decodeCompletion(body: unknown): Decoded<CompletionInput> {
  const { value, ignored } = readBody(body, completionBody, policy);
  if (value.best_of !== undefined && value.best_of !== value.n) {
    throw refusedField('best_of', "every generated answer is returned; use 'n'");
  }
  const input: CompletionInput = {
    task: 'completion',
    prompt: onlyPrompt(value.prompt),
    echo: value.echo,
    sampling: decodeSampling(value),
    stop: value.stop,
    choices: value.n,
    format: decodeFormat(value.response_format),
    ...present({
      suffix: value.suffix,
      maxTokens: value.max_tokens,
      logprobs: value.logprobs === undefined ? undefined : { top: value.logprobs },
    }),
  };
  return {
    model: value.model,
    input,
    stream: value.stream,
    includeUsage: wantsUsage(value),
    ...present({ affinity: affinityOf(value) }),
    ignored,
  };
}

function onlyPrompt(prompt: CompletionBody['prompt']): string | readonly number[] {
  if (typeof prompt === 'string') return prompt;
  const [first] = prompt;
  if (typeof first === 'number') return prompt as readonly number[];
  if (prompt.length > 1) throw refusedField('prompt', 'send one prompt per request');
  return first ?? '';
}
