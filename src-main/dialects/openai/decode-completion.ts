import { z } from 'zod';
import type { CompletionInput } from '../../core/inference.ts';
import type { Decoded } from '../decoded.ts';
import { demandsOf, present, readBody } from './fields.ts';
import type { Findings } from './fields.ts';
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

/** `POST /v1/completions`. Rejects with `invalid-request` and the name of the field. */
export function decodeCompletion(body: unknown): Decoded<CompletionInput> {
  const { value, ...findings } = readBody(body, completionBody, {});
  if (value.best_of !== undefined && value.best_of !== value.n) {
    findings.demands.push({
      param: 'best_of',
      why: "every generated answer is returned; use 'n'",
    });
  }
  const input: CompletionInput = {
    task: 'completion',
    prompt: onlyPrompt(value.prompt, findings),
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
    includeUsage: wantsUsage(value, findings),
    ...present({ affinity: affinityOf(value) }),
    ignored: findings.ignored,
    ...demandsOf(findings),
  };
}

/** Several prompts have no canonical form; their beginning stands for them in estimates. */
function onlyPrompt(
  prompt: CompletionBody['prompt'],
  { demands }: Findings,
): string | readonly number[] {
  if (typeof prompt === 'string') return prompt;
  const [first] = prompt;
  if (typeof first === 'number') return prompt as readonly number[];
  if (prompt.length > 1) demands.push({ param: 'prompt', why: 'send one prompt per request' });
  return first ?? '';
}
