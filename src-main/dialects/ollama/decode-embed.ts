import { z } from 'zod';
import type { EmbeddingInput } from '../../core/inference.ts';
import type { Decoded } from '../decoded.ts';
import { never, readBody } from '../openai/fields.ts';
import type { FieldPolicy } from '../openai/fields.ts';

const text = z.string().min(1, 'must not be empty');
const model = z.string().min(1, 'must name a model');
const embedBody = z.object({ model, input: z.union([text, z.array(text).min(1).max(2048)]) });
const embeddingsBody = z.object({ model, prompt: text });

const policy: FieldPolicy = {
  refused: { dimensions: never('vectors have the length that the model gives them') },
};

/** `POST /api/embed`. */
export function decodeEmbed(body: unknown): Decoded<EmbeddingInput> {
  const { value, ignored } = readBody(body, embedBody, policy);
  return decoded(value.model, [value.input].flat(), ignored);
}

/** `POST /api/embeddings`, which came before and takes one text. */
export function decodeOldEmbeddings(body: unknown): Decoded<EmbeddingInput> {
  const { value, ignored } = readBody(body, embeddingsBody, policy);
  return decoded(value.model, [value.prompt], ignored);
}

function decoded(
  name: string,
  inputs: readonly string[],
  ignored: readonly string[],
): Decoded<EmbeddingInput> {
  return {
    ...{ model: name, stream: false, includeUsage: true, ignored },
    input: { task: 'embedding', inputs },
  };
}
