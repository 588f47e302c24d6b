import type { FinishChunk, InferenceChunk } from '../../core/inference.ts';
import { durationsOf } from './answer.ts';

/** Waits for all vectors; `isOld` is the shape with one of them. */
export async function collectOllamaEmbeddings(
  chunks: AsyncIterable<InferenceChunk>,
  isOld: boolean,
): Promise<object> {
  const vectors: (readonly number[])[] = [];
  let model = '';
  let finish: FinishChunk | undefined;
  for await (const chunk of chunks) {
    if (chunk.type === 'head') model = chunk.servedBy.model;
    if (chunk.type === 'embedding') vectors[chunk.index] = chunk.vector;
    if (chunk.type === 'finish') finish = chunk;
  }
  if (isOld) return { embedding: vectors[0] ?? [] };
  return {
    model,
    embeddings: vectors,
    ...(finish !== undefined && {
      ...durationsOf(finish.timings),
      prompt_eval_count: finish.usage.promptTokens,
    }),
  };
}
