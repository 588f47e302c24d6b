import type { Clock } from '../../core/clock.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import type { Next, PipelineStage, RequestContext } from '../pipeline/pipeline.ts';
import type { AnswerCachePreferences } from '../ports.ts';
import { cacheKey, isRepeatable } from './cache-key.ts';
import { KeptAnswers, sizeOf } from './kept-answers.ts';
import { asReplayed } from './replay.ts';

/** No single answer may take more than this share of the room. */
const largestShare = 0.1;

interface AnswerCacheDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Read on every request. Undefined or off: nothing is kept, and what was is forgotten. */
  readonly preferences: () => AnswerCachePreferences | undefined;
}

interface KeptAnswer {
  readonly chunks: readonly InferenceChunk[];
  /** Written by a server in the caller's dialect, for a stream or as a whole; absent: fits both. */
  readonly streamed?: boolean;
}

/**
 * Gives the answer to a question that was asked word for word before, in place of everything that stands
 * behind this stage. Only in memory, only answers that came to their natural end.
 */
export function answerCache({ clock, preferences }: AnswerCacheDeps): PipelineStage {
  const kept = new KeptAnswers<KeptAnswer>(clock);
  return {
    name: 'answer-cache',
    run(context, next) {
      const chosen = preferences();
      if (chosen?.isOn !== true) {
        kept.clear();
        return next(context);
      }
      if (!isRepeatable(context.request)) return next(context);
      const key = cacheKey(context);
      const found = kept.find(key, chosen.ttlSeconds * 1000);
      if (found !== undefined && (found.streamed ?? context.streamed) === context.streamed) {
        return replay(found.chunks);
      }
      const { maxBytes, ttlSeconds } = chosen;
      return listen(context, next, maxBytes * largestShare, (chunks, sizeBytes) => {
        const isRaw = chunks.some(({ type }) => type === 'raw');
        const answer = { chunks, ...(isRaw && { streamed: context.streamed }) };
        kept.keep(key, answer, sizeBytes, { maxBytes, ttlMs: ttlSeconds * 1000 });
      });
    },
  };
}

async function* replay(
  chunks: readonly InferenceChunk[],
): AsyncGenerator<InferenceChunk, void, undefined> {
  for (const chunk of chunks) {
    yield asReplayed(chunk);
    // The reader decides about the pace, as with any other answer.
    await Promise.resolve();
  }
}

/** Passes an answer on and hands it over once it is complete, unless it is larger than `mostBytes`. */
async function* listen(
  context: RequestContext,
  next: Next,
  mostBytes: number,
  complete: (chunks: readonly InferenceChunk[], sizeBytes: number) => void,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const chunks: InferenceChunk[] = [];
  let sizeBytes = 0;
  for await (const chunk of next(context)) {
    if (chunk.type !== 'status') {
      sizeBytes += sizeOf(chunk);
      if (sizeBytes <= mostBytes) chunks.push(chunk);
      else chunks.length = 0;
    }
    yield chunk.type === 'head' ? withMiss(chunk) : chunk;
  }
  if (sizeBytes > mostBytes) return;
  const ends = chunks.filter((chunk) => chunk.type === 'finish');
  const isWhole = ends.every(({ reason }) => reason === 'stop');
  if (isWhole && (ends.length > 0 || isVectors(context))) complete(chunks, sizeBytes);
}

function isVectors({ request: { input } }: RequestContext): boolean {
  return input.task === 'embedding' || input.task === 'rerank';
}

function withMiss(head: Extract<InferenceChunk, { type: 'head' }>): InferenceChunk {
  return { ...head, headers: { ...head.headers, 'x-millpond-cache': 'miss' } };
}
