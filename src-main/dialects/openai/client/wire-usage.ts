import type { TokenUsage } from '../../../core/usage.ts';

/**
 * What a server says that an answer used, in the words of chats or of responses, with the fields that
 * some vendors have besides. Undefined for what is no count.
 */
export function readUsage(value: unknown): TokenUsage | undefined {
  const prompt = numberIn(value, 'prompt_tokens') ?? numberIn(value, 'input_tokens');
  if (prompt === undefined) return undefined;
  const inputDetails =
    fieldOf(value, 'prompt_tokens_details') ?? fieldOf(value, 'input_tokens_details');
  const outputDetails =
    fieldOf(value, 'completion_tokens_details') ?? fieldOf(value, 'output_tokens_details');
  const reasoning = numberIn(outputDetails, 'reasoning_tokens') ?? 0;
  const told = numberIn(value, 'completion_tokens') ?? numberIn(value, 'output_tokens') ?? 0;
  const cached =
    numberIn(inputDetails, 'cached_tokens') ??
    // DeepSeek and Moonshot say it beside the details.
    numberIn(value, 'prompt_cache_hit_tokens') ??
    numberIn(value, 'cached_tokens') ??
    0;
  const written = numberIn(inputDetails, 'cache_write_tokens');
  // xAI counts thinking beside the answer: only its total shows that.
  const isBeside = reasoning > 0 && numberIn(value, 'total_tokens') === prompt + told + reasoning;
  const completion = isBeside ? told + reasoning : told;
  return {
    promptTokens: prompt,
    cachedTokens: Math.min(cached, prompt),
    completionTokens: completion,
    reasoningTokens: Math.min(reasoning, completion),
    ...(written !== undefined && { cacheWriteTokens: Math.min(written, prompt) }),
  };
}

/** A field of an object that nobody has checked; undefined where it is none or has no such field. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value ?? undefined;
}

function numberIn(value: unknown, name: string): number | undefined {
  const found = fieldOf(value, name);
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : undefined;
}
