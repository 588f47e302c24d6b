import { errorTable } from '../../../core/error.ts';
import type { MillpondError } from '../../../core/error.ts';
import type { FinishReason, ServedBy } from '../../../core/inference.ts';
import type { TokenUsage } from '../../../core/usage.ts';
import type { AnswerIdentity } from '../../stream.ts';
import type { WireLogprob } from '../logprobs.ts';
import { secondsOf } from '../stream.ts';
import type { ResponseBody } from './decode-response.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export interface OutputText {
  readonly type: 'output_text';
  text: string;
  readonly annotations: readonly [];
  readonly logprobs: WireLogprob[];
}

/** One item of `output`, as it goes over the wire. Text grows while it is written. */
export type OutputItem =
  | {
      readonly type: 'message';
      readonly id: string;
      status: ItemStatus;
      readonly role: 'assistant';
      readonly content: OutputText[];
    }
  | {
      readonly type: 'reasoning';
      readonly id: string;
      status: ItemStatus;
      readonly summary: readonly [];
      readonly content: { readonly type: 'reasoning_text'; text: string }[];
    }
  | {
      readonly type: 'function_call';
      readonly id: string;
      status: ItemStatus;
      readonly call_id: string;
      readonly name: string;
      arguments: string;
    };

/** How far an answer is. */
export type Progress =
  | { readonly status: 'in_progress' }
  | { readonly status: 'finished'; readonly reason: FinishReason; readonly usage: TokenUsage }
  | { readonly status: 'failed'; readonly error: MillpondError };

export interface ResponseFacts {
  readonly asked: ResponseBody;
  readonly answer: AnswerIdentity;
  readonly servedBy: ServedBy | undefined;
  readonly output: readonly OutputItem[];
  readonly progress: Progress;
}

export function responseIdOf(requestId: string): string {
  return `resp_${requestId}`;
}

/** The response object: what was asked, and what there is of the answer. */
export function responseObject({ asked, answer, servedBy, output, progress }: ResponseFacts) {
  const { reasoning, text } = asked;
  return {
    id: responseIdOf(answer.requestId),
    object: 'response' as const,
    created_at: secondsOf(answer.receivedAt),
    ...endOf(progress),
    background: false,
    access_programs: null,
    instructions: asked.instructions ?? null,
    max_output_tokens: asked.max_output_tokens ?? null,
    metadata: asked.metadata ?? {},
    model: servedBy?.model ?? asked.model,
    output,
    parallel_tool_calls: asked.parallel_tool_calls,
    previous_response_id: asked.previous_response_id ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: null },
    service_tier: 'default' as const,
    store: asked.store,
    temperature: asked.temperature ?? null,
    text: { format: formatOf(text?.format ?? undefined) },
    tool_choice: asked.tool_choice ?? 'auto',
    tools: asked.tools.map(toolOf),
    top_logprobs: asked.top_logprobs ?? 0,
    top_p: asked.top_p ?? null,
    truncation: 'disabled' as const,
    ...(progress.status === 'finished' && { usage: encodeResponseUsage(progress.usage) }),
    ...(asked.user !== undefined && { user: asked.user }),
    ...(asked.prompt_cache_key !== undefined && { prompt_cache_key: asked.prompt_cache_key }),
  };
}
export type ResponseObject = ReturnType<typeof responseObject>;

function endOf(progress: Progress) {
  switch (progress.status) {
    case 'in_progress':
      return { status: 'in_progress' as const, error: null, incomplete_details: null };
    case 'failed':
      return {
        status: 'failed' as const,
        error: errorOf(progress.error),
        incomplete_details: null,
      };
    case 'finished': {
      const reason = cutReasons[progress.reason];
      return reason === undefined
        ? { status: 'completed' as const, error: null, incomplete_details: null }
        : { status: 'incomplete' as const, error: null, incomplete_details: { reason } };
    }
  }
}

/** Ends that leave an answer incomplete. */
export const cutReasons: Partial<Record<FinishReason, 'max_output_tokens' | 'content_filter'>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
};

function errorOf(error: MillpondError): { readonly code: string; readonly message: string } {
  const { message, code } = error;
  if (code === 'rate-limited') return { code: 'rate_limit_exceeded', message };
  const isOfCaller = errorTable[code].http < 500;
  return { code: isOfCaller ? 'invalid_prompt' : 'server_error', message };
}

function encodeResponseUsage(usage: TokenUsage) {
  return {
    input_tokens: usage.promptTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedTokens,
      cache_write_tokens: usage.cacheWriteTokens ?? 0,
    },
    output_tokens: usage.completionTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.promptTokens + usage.completionTokens,
  };
}

function toolOf(tool: ResponseBody['tools'][number]): object {
  if (!('name' in tool)) return tool;
  return {
    ...tool,
    description: tool.description ?? null,
    parameters: tool.parameters ?? null,
    strict: tool.strict ?? null,
  };
}

function formatOf(format: NonNullable<ResponseBody['text']>['format']): object {
  if (format === undefined || format === null) return { type: 'text' };
  if (format.type !== 'json_schema') return format;
  const { description, ...rest } = format;
  return { ...rest, strict: format.strict ?? null, ...(description && { description }) };
}
