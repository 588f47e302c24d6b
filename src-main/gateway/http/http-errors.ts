import type { FastifyReply, FastifyRequest } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import type { Logger } from '../../platform/logger.ts';
import { nameRequest, speaksAnthropic } from './anthropic-caller.ts';
import { errorShapes } from './error-shapes.ts';
import type { ErrorShape } from './error-shapes.ts';

/** Answers a failed request in the shape that its address promises, never with a stack. */
export function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
  logger: Logger,
): void {
  const error = toMillpondError(thrown);
  if (error.code === 'internal') {
    logger.error({ requestId: request.id, err: error.cause ?? error }, 'request failed');
  }
  for (const [name, value] of Object.entries(errorHeaders(error))) void reply.header(name, value);
  const shape = shapeOf(request);
  if (shape === 'anthropic') nameRequest(request, reply);
  const body = errorShapes[shape](error, request.id);
  void reply.code(error.httpStatus).type('application/json; charset=utf-8').send(body);
}

const defaultRetryMs = 2000;

/** When to come back, where that helps; and that it does not, where clients would try anyway. */
export function errorHeaders(error: MillpondError): Record<string, string> {
  return { ...retryHeaders(error), ...error.headers };
}

function retryHeaders(error: MillpondError): Record<string, string> {
  const status = error.httpStatus;
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 429 || status === 503) {
    const retryAfterMs = Math.max(1, Math.round(error.retryAfterMs ?? defaultRetryMs));
    return {
      'retry-after': Math.ceil(retryAfterMs / 1000).toString(),
      'retry-after-ms': retryAfterMs.toString(),
    };
  }
  return error.retry === 'no' && status >= 500 ? { 'x-should-retry': 'false' } : {};
}

/** A client of Anthropic's is told in its own way, also at addresses that other APIs have as well. */
function shapeOf({ routeOptions, url, headers }: FastifyRequest): ErrorShape {
  if (routeOptions.config.errors !== undefined) return routeOptions.config.errors;
  if (url.startsWith('/control/') || url === '/control') return 'control';
  if (url.startsWith('/api/')) return 'ollama';
  return speaksAnthropic({ headers }) ? 'anthropic' : 'openai';
}

const bodyTooLarge = 'FST_ERR_CTP_BODY_TOO_LARGE';

const frameworkCode = (thrown: unknown): unknown =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;

/** The server stopped reading because the body is longer than it takes. */
export function isBodyTooLarge(thrown: unknown): boolean {
  return frameworkCode(thrown) === bodyTooLarge;
}

/** The server's own refusals, by their codes, in our vocabulary. */
function toMillpondError(thrown: unknown): MillpondError {
  if (thrown instanceof MillpondError) return thrown;
  switch (frameworkCode(thrown)) {
    case bodyTooLarge:
      return new MillpondError('too-large', 'The request body is larger than this server takes', {
        cause: thrown,
        reason: 'request_too_large',
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return malformedBody(thrown);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new MillpondError(
        'invalid-request',
        "Send the body as JSON with 'content-type: application/json'",
        { cause: thrown, reason: 'unsupported_media_type' },
      );
    case 'FST_ERR_BAD_URL':
      return new MillpondError('invalid-request', 'The address is not valid', { cause: thrown });
    default:
      return MillpondError.from(thrown);
  }
}

/** The body is not JSON. */
export function malformedBody(cause: unknown): MillpondError {
  return new MillpondError('invalid-request', 'The body is not valid JSON', {
    cause,
    reason: 'invalid_json',
  });
}
