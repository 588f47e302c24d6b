import type { IncomingMessage } from 'node:http';
import { errorCodes } from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import type { Upload } from '../../core/inference.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** A body that is larger than what is kept, where its route lets it pass; else null. */
    millpondUpload: Upload | null;
  }
}

interface AnyBodyOptions {
  readonly maxBytes: number;
  /** Whether a larger body of this request may pass without being kept; none may if absent. */
  readonly mayPass?: (request: FastifyRequest) => boolean;
}

/** Reads bodies of every type as the bytes that they are, for the routes that `register` adds. */
export async function withAnyBody(
  app: FastifyInstance,
  { maxBytes, mayPass = () => false }: AnyBodyOptions,
  register: (scope: FastifyInstance) => void,
): Promise<void> {
  if (!app.hasRequestDecorator('millpondUpload')) app.decorateRequest('millpondUpload', null);
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      {},
      async (request: FastifyRequest, payload: IncomingMessage) => {
        const declared = Number(request.headers['content-length'] ?? 0);
        const isFree = mayPass(request);
        if (declared > maxBytes && !isFree) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
        const source = payload.iterator({ destroyOnReturn: false });
        const pieces = await readUpTo(source, maxBytes);
        if (!pieces.isWhole && !isFree) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
        if (pieces.isWhole) request.millpondBytes = Buffer.concat(pieces.read);
        else request.millpondUpload = uploadOf(pieces.read, source);
        return request.millpondBytes;
      },
    );
    register(scope);
    done();
  });
}

interface Pieces {
  readonly read: readonly Buffer[];
  readonly isWhole: boolean;
}

/** Reads until the end, or until more came than may be kept. */
async function readUpTo(
  source: AsyncIterator<unknown, unknown>,
  maxBytes: number,
): Promise<Pieces> {
  const read: Buffer[] = [];
  let size = 0;
  while (size <= maxBytes) {
    const { done, value } = await source.next();
    if (done === true) return { read, isWhole: true };
    if (!(value instanceof Buffer)) continue;
    read.push(value);
    size += value.length;
  }
  return { read, isWhole: false };
}

function uploadOf(read: readonly Buffer[], rest: AsyncIterator<unknown, unknown>): Upload {
  let isTaken = false;
  return {
    take() {
      if (isTaken) {
        throw new MillpondError(
          'conflict',
          'The provider failed, and a body of this size is not kept for another one; send it again',
          { reason: 'body_not_kept' },
        );
      }
      isTaken = true;
      return goOn(read, rest);
    },
  };
}

async function* goOn(
  read: readonly Buffer[],
  rest: AsyncIterator<unknown, unknown>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* read;
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return;
    if (value instanceof Buffer) yield value;
  }
}
