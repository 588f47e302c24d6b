import type { FastifyReply } from 'fastify';
import type { InferenceChunk } from '../../core/inference.ts';

/** A whole body as its server wrote it, or the object that becomes one. */
export type WholeAnswer = string | object;

/** Takes a body over that came in the caller's own dialect; otherwise `collect` puts the answer together. */
export async function collectOrPass(
  chunks: AsyncIterable<InferenceChunk>,
  collect: (chunks: AsyncIterable<InferenceChunk>) => Promise<object>,
): Promise<WholeAnswer> {
  let raw: string | undefined;
  const own = async function* (): AsyncGenerator<InferenceChunk, void, undefined> {
    for await (const chunk of chunks) {
      if (chunk.type === 'raw') raw = (raw ?? '') + chunk.text;
      yield chunk;
    }
  };
  const collected = await collect(own());
  return raw ?? collected;
}

export function sendWhole(reply: FastifyReply, answer: WholeAnswer): FastifyReply {
  if (typeof answer === 'string') void reply.type('application/json; charset=utf-8');
  return reply.send(answer);
}
