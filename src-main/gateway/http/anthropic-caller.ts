import type { FastifyReply, FastifyRequest } from 'fastify';

/** Whether the caller is a client of Anthropic's API, at an address that other APIs have as well. */
export function speaksAnthropic({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['anthropic-version'] !== undefined;
}

/** Anthropic's clients look for the id of a request under another name. */
export function nameRequest(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('request-id', request.id);
}
