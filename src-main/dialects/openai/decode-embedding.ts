import { z } from 'zod';
import type { EmbeddingInput } from '../../core/inference.ts';
import type { Decoded } from '../decoded.ts';
import { demandsOf, never, readBody } from './fields.ts';
import type { FieldPolicy } from './fields.ts';

const tokens = z.array(z.int().min(0)).min(1, 'must not be empty');
const text = z.string().min(1, 'must not be empty');
const embeddingBody = z.object({
  model: z.string().min(1, 'must name a model'),
  input: z.union([text, tokens, z.array(text).min(1).max(2048), z.array(tokens).min(1).max(2048)]),
  encoding_format: z.enum(['float', 'base64']).default('float'),
});

const policy: FieldPolicy = {
  demanded: { dimensions: never('vectors have the length that the model gives them') },
};

export interface DecodedEmbedding extends Decoded<EmbeddingInput> {
  readonly encoding: 'float' | 'base64';
}

/** `POST /v1/embeddings`. Rejects with `invalid-request` and the name of the field. */
export function decodeEmbedding(body: unknown): DecodedEmbedding {
  const { value, ...findings } = readBody(body, embeddingBody, policy);
  const { input } = value;
  const isSingle = typeof input === 'string' || typeof input[0] === 'number';
  return {
    model: value.model,
    input: {
      task: 'embedding',
      inputs: isSingle
        ? [input as string | readonly number[]]
        : (input as readonly (string | readonly number[])[]),
    },
    stream: false,
    includeUsage: false,
    ignored: findings.ignored,
    ...demandsOf(findings),
    encoding: value.encoding_format,
  };
}
