import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import type { Demand, RawRequest, WireDialect } from '../../core/inference.ts';
import { parseJsonBody } from './json-body.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came; null while it has not been read or is none. */
    millpondBytes: Uint8Array | null;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads JSON and keeps its bytes. An empty body is no body; a call without fields sends none. */
export function readJsonBodies(app: FastifyInstance): void {
  app.decorateRequest('millpondBytes', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, readJson);
}

/** Parses a body that is JSON, whatever it is declared as. */
export function readJson(
  request: FastifyRequest,
  bytes: Buffer,
  done: (error: Error | null, body?: unknown) => void,
): void {
  if (bytes.byteLength === 0) {
    done(null, undefined);
    return;
  }
  try {
    request.millpondBytes = bytes;
    done(null, parseJsonBody(textOf(bytes)));
  } catch (error) {
    done(MillpondError.from(error));
  }
}

/** Bytes that are no UTF-8 would reach an upstream as something else than was read here. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new MillpondError('invalid-request', 'The body is not valid UTF-8', {
      cause: error,
      reason: 'invalid_json',
    });
  }
}

/** Headers that an API gives a meaning; credentials and everything about the connection stay here. */
const meaningful: Readonly<Record<WireDialect, readonly string[]>> = {
  openai: ['openai-beta'],
  anthropic: ['anthropic-beta', 'anthropic-version'],
};

/** The same for what stands behind the path; some clients put keys there. */
const meaningfulQuery: Readonly<Record<WireDialect, readonly string[]>> = {
  openai: [],
  anthropic: ['beta'],
};

function queryOf({ url }: FastifyRequest, dialect: WireDialect): string {
  const question = url.indexOf('?');
  if (question < 0) return '';
  const sent = new URLSearchParams(url.slice(question));
  const kept = [...sent].filter(([name]) => meaningfulQuery[dialect].includes(name));
  return kept.length > 0 ? `?${new URLSearchParams(kept).toString()}` : '';
}

/** What the caller sent, for an upstream that speaks as they do. */
export function rawRequestOf(
  request: FastifyRequest,
  { dialect, path }: { readonly dialect: WireDialect; readonly path: string },
  demands: readonly Demand[] = [],
): RawRequest {
  const headers = meaningful[dialect].flatMap((name) => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    dialect,
    path: path + queryOf(request, dialect),
    method: request.method,
    headers: Object.fromEntries(headers),
    body: request.millpondBytes ?? new Uint8Array(),
    demands,
  };
}
