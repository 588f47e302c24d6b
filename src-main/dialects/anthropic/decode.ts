import { z } from 'zod';
import type { ChatInput, CountInput, OutputFormat } from '../../core/inference.ts';
import type { Decoded } from '../decoded.ts';
import { demandsOf, never, onlyAs, present, readBody } from '../openai/fields.ts';
import type { FieldPolicy } from '../openai/fields.ts';
import { reasoningBudgets } from '../openai/reasoning-budgets.ts';
import { messagesField, systemField } from './blocks.ts';
import { decodeMessages } from './decode-messages.ts';
import { anthropicEfforts, effortOfBudget } from './thinking.ts';
import type { AnthropicEffort } from './thinking.ts';
import { decodeTools, toolFields } from './tools.ts';

const maxAffinityLength = 512;
const maxStops = 8192;

const outputFormat = z.object({
  type: z.literal('json_schema'),
  schema: z.record(z.string(), z.unknown()),
});

const promptFields = {
  model: z.string().min(1, 'must name a model'),
  messages: messagesField,
  system: systemField,
  ...toolFields,
  thinking: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('enabled'), budget_tokens: z.int().min(1) }),
      z.object({ type: z.literal('adaptive') }),
      z.object({ type: z.literal('disabled') }),
      z.object({ type: z.literal('between_tools') }),
    ])
    .optional(),
  output_config: z
    .object({ effort: z.enum(anthropicEfforts).nullish(), format: outputFormat.nullish() })
    .optional(),
  // Where the format stood before it had a place in `output_config`.
  output_format: outputFormat.optional(),
};

const messageBody = z.object({
  ...promptFields,
  max_tokens: z.int().min(1, 'must be at least 1').optional(),
  stop_sequences: z.array(z.string().min(1)).max(maxStops).default([]),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  stream: z.boolean().default(false),
  metadata: z.looseObject({ user_id: z.string().nullish().catch(undefined) }).optional(),
});
type MessageBody = z.output<typeof messageBody>;

/**
 * Documented parameters that the decoders do not read. `cache_control` asks for what our engines do
 * by themselves. Those missing here and in the bodies (`context_management`, `diagnostics`) change
 * nothing about one answer, and are named in `x-millpond-ignored` like any unknown field.
 */
const policy: FieldPolicy = {
  demanded: {
    cache_control: () => undefined,
    container: never('there are no containers to run code in'),
    inference_geo: never('only Anthropic chooses the place of its own machines by it'),
    service_tier: onlyAs(['auto', 'standard_only'], 'there is one tier'),
    speed: onlyAs(['standard'], 'there is one speed'),
  },
  refused: {
    mcp_servers: never('servers of tools are not called on behalf of a request'),
    user_profile_id: never('whose account pays is decided by the key of the provider'),
    workspace_id: never('whose account pays is decided by the key of the provider'),
  },
};

/** `POST /v1/messages`. Rejects with `invalid-request` and the name of the field. */
export function decodeMessage(body: unknown): Decoded<ChatInput> {
  const { value, ...findings } = readBody(body, messageBody, policy);
  const input: ChatInput = {
    task: 'chat',
    messages: decodeMessages(value.system, value.messages, findings),
    ...decodeTools(value, findings),
    ...decodeThinking(value),
    sampling: present({
      temperature: value.temperature,
      topP: value.top_p,
      topK: value.top_k,
    }),
    stop: value.stop_sequences,
    choices: 1,
    format: decodeFormat(value),
    ...present({ maxTokens: value.max_tokens }),
  };
  return {
    model: value.model,
    input,
    stream: value.stream,
    includeUsage: true,
    ...present({ affinity: affinityOf(value) }),
    ignored: findings.ignored,
    ...demandsOf(findings),
  };
}

const countBody = z.object(promptFields);

/** `POST /v1/messages/count_tokens`. */
export function decodeCount(body: unknown): Decoded<CountInput> {
  const { value, ...findings } = readBody(body, countBody, policy);
  return {
    model: value.model,
    input: {
      task: 'count',
      messages: decodeMessages(value.system, value.messages, findings),
      tools: decodeTools(value, findings).tools,
    },
    stream: false,
    includeUsage: true,
    ignored: findings.ignored,
    ...demandsOf(findings),
  };
}

type Thinking = Pick<ChatInput, 'reasoning' | 'reasoningBudget' | 'reasoningEffort'>;

/** A budget is also said as the effort that it stands for, to servers that know no budgets. */
function decodeThinking({ thinking, output_config: config }: MessageBody): Thinking {
  const effort = config?.effort ?? undefined;
  switch (thinking?.type) {
    case 'enabled': {
      const reasoningBudget = thinking.budget_tokens;
      const reasoningEffort = effort ?? effortOfBudget(reasoningBudget);
      return { reasoning: 'on', reasoningBudget, reasoningEffort };
    }
    case 'disabled':
    case 'between_tools':
      return { reasoning: 'off' };
    case 'adaptive':
      return { reasoning: 'on', ...effortFields(effort) };
    case undefined:
      return { reasoning: 'auto', ...effortFields(effort) };
  }
}

/** An effort bounds what our own engines think as it does in the other API. */
function effortFields(effort: AnthropicEffort | undefined): Partial<Thinking> {
  if (effort === undefined) return {};
  return { reasoningEffort: effort, ...present({ reasoningBudget: reasoningBudgets[effort] }) };
}

function decodeFormat({ output_config: config, output_format: old }: MessageBody): OutputFormat {
  const format = config?.format ?? old;
  if (format === undefined) return { type: 'text' };
  return { type: 'json-schema', name: 'answer', schema: format.schema };
}

/** Claude Code puts its session into it: turns of one stay together. */
function affinityOf({ metadata }: MessageBody): string | undefined {
  const user = metadata?.user_id;
  return typeof user === 'string' && user !== '' && user.length <= maxAffinityLength
    ? user
    : undefined;
}
