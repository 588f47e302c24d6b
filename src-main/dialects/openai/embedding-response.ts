import type { InferenceChunk } from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';

/** Waits for all vectors and returns them in the order of the inputs. */
export async function collectEmbeddings(
  chunks: AsyncIterable<InferenceChunk>,
  encoding: 'float' | 'base64',
): Promise<object> {
  const vectors: (readonly number[])[] = [];
  let model = '';
  let usage: TokenUsage = noUsage;
  for await (const chunk of chunks) {
    if (chunk.type === 'head') model = chunk.servedBy.model;
    if (chunk.type === 'embedding') vectors[chunk.index] = chunk.vector;
    if (chunk.type === 'finish') usage = chunk.usage;
  }
  return {
    object: 'list',
    model,
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? toBase64(vector) : vector,
    })),
    usage: { prompt_tokens: usage.promptTokens, total_tokens: usage.promptTokens },
  };
}

/** Little-endian 32-bit floats, whatever machine this is. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}
