import type { FinishReason } from '../../../core/inference.ts';

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  max_tokens: 'length',
  // Mistral, and GLM: the context is full.
  model_length: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  // GLM.
  sensitive: 'content-filter',
};

/** Mistral and OpenRouter, GLM, DeepSeek, vLLM: the server gave up in the middle. */
const brokenEnds: ReadonlySet<string> = new Set([
  ...['error', 'network_error', 'insufficient_system_resource', 'abort'],
]);

/** The server ended the answer where it had to, and not where the answer ends. */
export function isBrokenEnd(word: string): boolean {
  return brokenEnds.has(word);
}

/** Other words of a server's own mean that the answer is over. */
export function finishReasonOf(word: string): FinishReason {
  return finishReasons[word] ?? 'stop';
}
