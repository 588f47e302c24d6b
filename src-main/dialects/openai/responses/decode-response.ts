import { z } from 'zod';
import type { ChatInput, ChatMessage, OutputFormat } from '../../../core/inference.ts';
import { MillpondError } from '../../../core/error.ts';
import type { Decoded } from '../../decoded.ts';
import { demandsOf, never, onlyAs, present, readBody } from '../fields.ts';
import type { FieldPolicy, Findings } from '../fields.ts';
import { reasoningBudgets } from '../reasoning-budgets.ts';
import { messagesOf } from './read-items.ts';
import { inputField } from './request-items.ts';
import type { RequestItem } from './request-items.ts';
import { decodeResponseTools, responseToolFields } from './response-tools.ts';

const maxAffinityLength = 512;
const affinityField = z.string().min(1).max(maxAffinityLength).optional().catch(undefined);

const responseBody = z.object({
  ...responseToolFields,
  model: z.string().min(1, 'must name a model'),
  input: inputField.default([]),
  instructions: z.string().optional(),
  max_output_tokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_logprobs: z.int().min(0).max(20).optional(),
  reasoning: z
    .object({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      summary: z.string().nullish(),
      generate_summary: z.string().nullish(),
    })
    .optional(),
  text: z
    .object({
      format: z
        .discriminatedUnion('type', [
          z.object({ type: z.literal('text') }),
          z.object({ type: z.literal('json_object') }),
          z.object({
            type: z.literal('json_schema'),
            name: z.string().min(1).max(64),
            schema: z.union([z.boolean(), z.record(z.string(), z.unknown())]).default({}),
            strict: z.boolean().nullish(),
            description: z.string().nullish(),
          }),
        ])
        .nullish(),
      verbosity: z.string().nullish(),
    })
    .optional(),
  include: z.array(z.string()).default([]),
  metadata: z.record(z.string().max(64), z.string().max(512)).optional(),
  previous_response_id: z.string().min(1).optional(),
  store: z.boolean().default(true),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_obfuscation: z.boolean().nullish() }).optional(),
  prompt_cache_key: affinityField,
  user: affinityField,
});
export type ResponseBody = z.output<typeof responseBody>;

const policy: FieldPolicy = {
  demanded: {
    background: onlyAs([false], 'answers are not made in the background'),
    conversation: never('conversations are not kept here; name the last answer instead'),
    context_management: never('nothing is left out of a prompt'),
    moderation: never('there is no moderation model'),
    prompt: never('prompt templates are not kept here'),
    service_tier: onlyAs(['auto', 'default'], 'there is one tier'),
    truncation: onlyAs(['disabled'], 'nothing is left out of a prompt'),
  },
};

/** What a request refers to instead of repeating it, as it was found. */
export interface Recalled {
  /** Items before `input`, oldest first, where `previous_response_id` is kept here. */
  readonly earlier?: readonly RequestItem[];
  /** Items behind references in `input`, by their ids. */
  readonly referenced?: ReadonlyMap<string, RequestItem>;
}

export interface DecodedResponse extends Decoded<ChatInput> {
  /** What the answer repeats of its request. */
  readonly asked: ResponseBody;
}

/** `POST /v1/responses`. Rejects with `invalid-request` and the name of the field. */
export function decodeResponse(body: unknown, recalled: Recalled = {}): DecodedResponse {
  const { value, ...findings } = readBody(body, responseBody, policy);
  noteRest(value, recalled, findings);
  const effort = value.reasoning?.effort ?? undefined;
  const wantsLogprobs =
    value.include.includes('message.output_text.logprobs') || value.top_logprobs !== undefined;
  const input: ChatInput = {
    task: 'chat',
    messages: conversation(value, recalled, findings),
    ...decodeResponseTools(value, findings),
    parallelToolCalls: value.parallel_tool_calls,
    sampling: present({ temperature: value.temperature, topP: value.top_p }),
    stop: [],
    choices: 1,
    format: formatOf(value.text?.format ?? undefined),
    reasoning: effort === undefined ? 'auto' : effort === 'none' ? 'off' : 'on',
    ...present({
      maxTokens: value.max_output_tokens,
      logprobs: wantsLogprobs ? { top: value.top_logprobs ?? 0 } : undefined,
      reasoningEffort: effort,
      reasoningBudget: effort === undefined ? undefined : reasoningBudgets[effort],
    }),
  };
  return {
    model: value.model,
    input,
    stream: value.stream,
    includeUsage: true,
    ...present({ affinity: value.prompt_cache_key ?? value.user }),
    ignored: findings.ignored,
    ...demandsOf(findings),
    asked: value,
  };
}

function conversation(
  value: ResponseBody,
  recalled: Recalled,
  findings: Findings,
): readonly ChatMessage[] {
  const { input, instructions } = value;
  const { earlier = [], referenced } = recalled;
  const own = typeof input === 'string' ? [userItem(input)] : input;
  const items = own.map((item) =>
    item.type === 'item_reference' ? (referenced?.get(item.id) ?? item) : item,
  );
  const said = [
    ...messagesOf(earlier, 'previous_response_id', findings),
    ...messagesOf(items, 'input', findings),
  ];
  if (said.length === 0 && findings.demands.length === 0) {
    throw new MillpondError('invalid-request', "'input' must hold something to answer", {
      param: 'input',
    });
  }
  return [
    ...(instructions === undefined ? [] : [{ role: 'system' as const, text: instructions }]),
    ...said,
  ];
}

/** What a bare text stands for. */
export function userItem(text: string): RequestItem {
  return { type: 'message', role: 'user', content: text };
}

/** What has no effect here, and what somebody else would have to know. */
function noteRest(
  value: ResponseBody,
  { earlier }: Recalled,
  { ignored, demands }: Findings,
): void {
  const { reasoning, text, include, previous_response_id: previous } = value;
  const summary = reasoning?.summary ?? reasoning?.generate_summary;
  if (typeof summary === 'string') ignored.push('reasoning.summary');
  if (include.includes('reasoning.encrypted_content')) ignored.push('include');
  if (typeof text?.verbosity === 'string' && text.verbosity !== 'medium') {
    demands.push({
      param: 'text.verbosity',
      why: 'say in the prompt how long the answer should be',
    });
  }
  if (value.stream_options?.include_obfuscation === true) {
    demands.push({
      param: 'stream_options.include_obfuscation',
      why: 'padding against traffic analysis is not available',
    });
  }
  if (previous !== undefined && earlier === undefined) {
    demands.push({ param: 'previous_response_id', why: 'no answer with this id is kept here' });
  }
}

function formatOf(format: NonNullable<ResponseBody['text']>['format']): OutputFormat {
  if (format === undefined || format === null || format.type === 'text') return { type: 'text' };
  if (format.type === 'json_object') return { type: 'json-object' };
  return { type: 'json-schema', name: format.name, schema: format.schema };
}
