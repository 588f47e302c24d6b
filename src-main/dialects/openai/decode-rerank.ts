import { z } from 'zod';
import type { RerankInput } from '../../core/inference.ts';
import type { Decoded } from '../decoded.ts';
import { demandsOf, never, readBody } from './fields.ts';
import type { FieldPolicy } from './fields.ts';

const rerankBody = z.object({
  model: z.string().min(1, 'must name a model'),
  query: z.string().min(1, 'must not be empty'),
  documents: z
    .array(
      z
        .union([z.string(), z.object({ text: z.string() })])
        .transform((each) => (typeof each === 'string' ? each : each.text)),
    )
    .min(1)
    .max(1000),
  top_n: z.int().min(1).optional(),
  return_documents: z.boolean().default(false),
});

const policy: FieldPolicy = {
  demanded: {
    rank_fields: never("documents are ranked by their 'text'"),
    max_tokens_per_doc: never('documents are read whole'),
    max_chunks_per_doc: never('documents are read whole'),
  },
};

export interface DecodedRerank extends Decoded<RerankInput> {
  /** How many of the best documents are returned. */
  readonly topN: number;
  readonly returnDocuments: boolean;
}

/** `POST /v1/rerank`, in the shape that Jina and Cohere share. */
export function decodeRerank(body: unknown): DecodedRerank {
  const { value, ...findings } = readBody(body, rerankBody, policy);
  return {
    model: value.model,
    input: { task: 'rerank', query: value.query, documents: value.documents },
    stream: false,
    includeUsage: false,
    ignored: findings.ignored,
    ...demandsOf(findings),
    topN: Math.min(value.top_n ?? value.documents.length, value.documents.length),
    returnDocuments: value.return_documents,
  };
}
