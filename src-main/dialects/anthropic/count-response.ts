import type { InferenceChunk } from '../../core/inference.ts';

/** The answer of `count_tokens`. */
export async function collectCount(chunks: AsyncIterable<InferenceChunk>): Promise<object> {
  let tokens = 0;
  for await (const chunk of chunks) {
    if (chunk.type === 'finish') tokens = chunk.usage.promptTokens;
  }
  return { input_tokens: tokens };
}
