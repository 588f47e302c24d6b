import type { InferenceChunk } from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';
import type { DecodedRerank } from './decode-rerank.ts';

/** Waits for the scores and returns the best documents first. */
export async function collectRerank(
  chunks: AsyncIterable<InferenceChunk>,
  decoded: DecodedRerank,
  requestId: string,
): Promise<object> {
  let scores: readonly number[] = [];
  let model = '';
  let usage: TokenUsage = noUsage;
  for await (const chunk of chunks) {
    if (chunk.type === 'head') model = chunk.servedBy.model;
    if (chunk.type === 'scores') scores = chunk.scores;
    if (chunk.type === 'finish') usage = chunk.usage;
  }
  const ranked = scores
    .map((score, index) => ({ score, index, text: decoded.input.documents[index] }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, decoded.topN);
  return {
    id: requestId,
    object: 'list',
    model,
    results: ranked.map(({ score, index, text }) => ({
      index,
      relevance_score: score,
      ...(decoded.returnDocuments && { document: { text } }),
    })),
    usage: { prompt_tokens: usage.promptTokens, total_tokens: usage.promptTokens },
  };
}
