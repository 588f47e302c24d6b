import type { FastifyReply, FastifyRequest } from 'fastify';

/** What is read and thrown away of a body that was refused for its size; a longer one is cut off. */
export const maxDrainBytes = 64 * 1024 * 1024;

/**
 * Reads on, and throws away, what a caller still sends of a body that was refused for its size.
 * Most clients write the whole body before they read an answer: a connection that closes under
 * them reports a broken pipe, and the 413 that says why is lost. What is longer than
 * `maxDrainBytes` loses its connection all the same; the server's request timeout bounds the time.
 */
export function drainRefusedBody(request: FastifyRequest, reply: FastifyReply): void {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxDrainBytes) return;
  // The framework asks for a close, which would come before the body is read.
  reply.removeHeader('connection');
  let drained = 0;
  request.raw.on('data', (part: Buffer) => {
    drained += part.length;
    if (drained > maxDrainBytes) request.raw.destroy();
  });
  request.raw.resume();
}
