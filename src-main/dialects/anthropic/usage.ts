import type { FinishChunk, FinishReason } from '../../core/inference.ts';
import type { TokenUsage } from '../../core/usage.ts';

/** Unlike elsewhere, `input_tokens` are only those that were neither read from a cache nor kept in one. */
export function encodeUsage(usage: TokenUsage): object {
  const { promptTokens, cachedTokens, completionTokens, reasoningTokens } = usage;
  const cacheWriteTokens = usage.cacheWriteTokens ?? 0;
  return {
    input_tokens: Math.max(0, promptTokens - cachedTokens - cacheWriteTokens),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
    output_tokens: completionTokens,
    output_tokens_details: { thinking_tokens: reasoningTokens },
  };
}

const stopReasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
} as const satisfies Record<FinishReason, string>;

export interface StopFields {
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
  readonly stop_details: null;
}

/** Why an answer ended; nothing is known while it goes on. */
export function stopFields(finish: FinishChunk | undefined): StopFields {
  const sequence = finish?.stopSequence;
  const reason =
    finish === undefined
      ? null
      : finish.reason === 'stop' && sequence !== undefined
        ? 'stop_sequence'
        : stopReasons[finish.reason];
  return {
    stop_reason: reason,
    stop_sequence: reason === 'stop_sequence' ? (sequence ?? null) : null,
    stop_details: null,
  };
}
