import { z } from 'zod';
import type { ChatInput } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import type { Decoded } from '../decoded.ts';
import { demandsOf, never, onlyAs, present, readBody } from './fields.ts';
import type { FieldPolicy } from './fields.ts';
import {
  affinityOf,
  decodeFormat,
  decodeSampling,
  generationFields,
  tokenLimit,
  wantsUsage,
} from './generation.ts';
import { decodeMessages, messagesField } from './messages.ts';
import { reasoningBudgets } from './reasoning-budgets.ts';
import { decodeTools, toolFields } from './tools.ts';

const chatBody = z.object({
  ...generationFields,
  ...toolFields,
  messages: messagesField,
  max_completion_tokens: tokenLimit.optional(),
  logprobs: z.boolean().default(false),
  top_logprobs: z.int().min(0).max(20).optional(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).optional(),
});
type ChatBody = z.output<typeof chatBody>;

/**
 * Documented parameters that this decoder does not read. Those missing here and in `chatBody`
 * (`metadata`, `safety_identifier`, `prediction`) change nothing about an
 * answer, and are named in `x-millpond-ignored` like any unknown field.
 */
const policy: FieldPolicy = {
  demanded: {
    audio: never('there is no audio output'),
    functions: never("describe functions with 'tools'"),
    function_call: never("choose with 'tool_choice'"),
    modalities: onlyAs([['text']], 'answers are text'),
    moderation: never('there is no moderation model'),
    service_tier: onlyAs(['auto', 'default'], 'there is one tier'),
    store: onlyAs([false], 'answers are not stored for later retrieval'),
    verbosity: onlyAs(['medium'], 'say in the prompt how long the answer should be'),
    web_search_options: never('there is no web search'),
  },
};

/** `POST /v1/chat/completions`. Rejects with `invalid-request` and the name of the field. */
export function decodeChat(body: unknown): Decoded<ChatInput> {
  const { value, ...findings } = readBody(body, chatBody, policy);
  const effort = value.reasoning_effort;
  const input: ChatInput = {
    task: 'chat',
    messages: decodeMessages(value.messages, findings),
    ...decodeTools(value, findings),
    parallelToolCalls: value.parallel_tool_calls,
    sampling: decodeSampling(value),
    stop: value.stop,
    choices: value.n,
    format: decodeFormat(value.response_format),
    reasoning: effort === undefined ? 'auto' : effort === 'none' ? 'off' : 'on',
    ...present({
      maxTokens: maxTokensOf(value),
      logprobs: logprobsOf(value),
      reasoningEffort: effort,
      reasoningBudget: effort === undefined ? undefined : reasoningBudgets[effort],
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

function maxTokensOf(body: ChatBody): number | undefined {
  const { max_tokens: old, max_completion_tokens: current } = body;
  if (old !== undefined && current !== undefined && old !== current) {
    throw new MillpondError(
      'invalid-request',
      "'max_tokens' and 'max_completion_tokens' differ; send one of them",
      { param: 'max_tokens' },
    );
  }
  return current ?? old;
}

function logprobsOf(body: ChatBody): { readonly top: number } | undefined {
  if (!body.logprobs) {
    if (body.top_logprobs === undefined) return undefined;
    throw new MillpondError('invalid-request', "'top_logprobs' needs 'logprobs': true", {
      param: 'top_logprobs',
    });
  }
  return { top: body.top_logprobs ?? 0 };
}
