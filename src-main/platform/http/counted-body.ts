import type { Readable } from 'node:stream';

interface CountedBodyOptions {
  readonly onBytes: (bytes: number) => void;
  /** Puts a failure in the middle of the body into words. */
  readonly explain: (cause: unknown) => Error;
}

/**
 * A response body that counts what is read. It pulls no faster than its reader, and leaving it, also
 * before the first piece, frees the connection.
 */
export function countedBody(
  body: Readable,
  { onBytes, explain }: CountedBodyOptions,
): AsyncIterable<Uint8Array> {
  // Whoever reads sees the failure; without a reader nobody needs to.
  body.on('error', () => {});
  return {
    [Symbol.asyncIterator]() {
      const pieces: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const piece = await pieces.next();
            if (piece.done !== true) onBytes(piece.value.byteLength);
            return piece;
          } catch (cause) {
            throw explain(cause);
          }
        },
        return() {
          body.destroy();
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
}
