import { z } from 'zod';
import type { Clock } from '../../../core/clock.ts';
import { MillpondError } from '../../../core/error.ts';
import type { HttpResponse } from '../../../core/http.ts';
import type {
  EmbeddingInput,
  InferenceChunk,
  RerankInput,
  ServedBy,
} from '../../../core/inference.ts';
import { noUsage } from '../../../core/usage.ts';
import { failureOfEvent } from './failure.ts';
import type { ServerIdentity } from './failure.ts';
import { readAnswerText } from './read-body.ts';
import { parseJson } from './wire-answer.ts';

interface VectorContext extends ServerIdentity {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly servedBy: ServedBy;
  readonly post: (path: string, body: object) => Promise<HttpResponse>;
}

const usage = z
  .object({ prompt_tokens: z.number().nullish(), total_tokens: z.number().nullish() })
  .nullish();
const embeddings = z.object({
  data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })),
  usage,
});
const ranking = z.object({
  results: z.array(z.object({ index: z.number(), relevance_score: z.number() })),
  usage,
});
const failure = z.object({ error: z.unknown().optional() });

/** `POST /embeddings`: vectors in the order of the texts. */
export async function* embed(
  input: EmbeddingInput,
  context: VectorContext,
): AsyncGenerator<InferenceChunk> {
  const startedAt = context.clock.monotonic();
  const body = { model: context.modelName, input: input.inputs, encoding_format: 'float' };
  const answer = await ask(context, { path: '/embeddings', body, schema: embeddings });
  const vectors = answer.data.toSorted((a, b) => a.index - b.index);
  if (vectors.length !== input.inputs.length) throw incomplete(context);
  yield { type: 'head', servedBy: context.servedBy, headers: {} };
  for (const [index, { embedding }] of vectors.entries()) {
    yield { type: 'embedding', index, vector: embedding };
  }
  yield finishOf(answer.usage, context.clock.monotonic() - startedAt);
}

/** `POST /rerank`: one score for each document, in the order of the documents. */
export async function* rerank(
  input: RerankInput,
  context: VectorContext,
): AsyncGenerator<InferenceChunk> {
  const startedAt = context.clock.monotonic();
  const { query, documents } = input;
  const body = { model: context.modelName, query, documents };
  const answer = await ask(context, { path: '/rerank', body, schema: ranking });
  const scores = documents.map((_, index) => {
    const result = answer.results.find((each) => each.index === index);
    if (result === undefined) throw incomplete(context);
    return result.relevance_score;
  });
  yield { type: 'head', servedBy: context.servedBy, headers: {} };
  yield { type: 'scores', scores };
  yield finishOf(answer.usage, context.clock.monotonic() - startedAt);
}

interface Question<Schema extends z.ZodType> {
  readonly path: string;
  readonly body: object;
  readonly schema: Schema;
}

async function ask<Schema extends z.ZodType>(
  context: VectorContext,
  { path, body, schema }: Question<Schema>,
): Promise<z.output<Schema>> {
  const json = parseJson(await readAnswerText(await context.post(path, body)));
  const failed = failure.safeParse(json);
  if (failed.success && failed.data.error !== undefined && failed.data.error !== null) {
    throw failureOfEvent(failed.data.error, context);
  }
  const answer = schema.safeParse(json);
  if (answer.success) return answer.data;
  throw incomplete(context);
}

function incomplete({ serverName }: ServerIdentity): MillpondError {
  return new MillpondError('unavailable', `${serverName} left out a part of the answer`);
}

function finishOf(wire: z.output<typeof usage>, ms: number): InferenceChunk {
  const promptTokens = wire?.prompt_tokens ?? wire?.total_tokens ?? 0;
  return {
    type: 'finish',
    reason: 'stop',
    usage: { ...noUsage, promptTokens },
    timings: { queuedMs: 0, loadMs: 0, prefillMs: ms, firstTokenMs: ms, decodeMs: 0 },
  };
}
