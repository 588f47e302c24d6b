import type { FastifyReply } from 'fastify';
import type { InferenceChunk } from '../../core/inference.ts';
import { isContent } from '../pipeline/meter.ts';

/** A whole body as its server wrote it, or the object that becomes one. */
export type WholeAnswer = string | object;

/** Takes a body over that came in the caller's own dialect; otherwise `collect` puts the answer together. */
export async function collectOrPass(
  chunks: AsyncIterable<InferenceChunk>,
  collect: (chunks: AsyncIterable<InferenceChunk>) => Promise<object>,
): Promise<WholeAnswer> {
  const source = chunks[Symbol.asyncIterator]();
  const opening: InferenceChunk[] = [];
  for (;;) {
    const next = await source.next();
    if (next.done !== true && next.value.type === 'raw') return restOf(next.value.text, source);
    if (next.done === true || isContent(next.value)) return collect(from(opening, next, source));
    opening.push(next.value);
  }
}

async function restOf(begun: string, source: AsyncIterator<InferenceChunk>): Promise<string> {
  let text = begun;
  for (;;) {
    const next = await source.next();
    if (next.done === true) return text;
    if (next.value.type === 'raw') text += next.value.text;
  }
}

/** The whole answer once more: what was read of it, and what follows. */
async function* from(
  opening: readonly InferenceChunk[],
  next: IteratorResult<InferenceChunk>,
  source: AsyncIterator<InferenceChunk>,
): AsyncGenerator<InferenceChunk, void, undefined> {
  try {
    yield* opening;
    for (let item = next; item.done !== true; item = await source.next()) yield item.value;
  } finally {
    await source.return?.();
  }
}

export function sendWhole(reply: FastifyReply, answer: WholeAnswer): FastifyReply {
  if (typeof answer === 'string') void reply.type('application/json; charset=utf-8');
  return reply.send(answer);
}
