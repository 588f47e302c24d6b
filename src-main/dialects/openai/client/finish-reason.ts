import type { FinishReason } from '../../../core/inference.ts';

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
};

/** Words of a server's own mean that the answer is over. */
export function finishReasonOf(word: string): FinishReason {
  return finishReasons[word] ?? 'stop';
}
