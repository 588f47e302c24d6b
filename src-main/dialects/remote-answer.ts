import { MillpondError } from '../core/error.ts';
import type { InferenceBackend, InferenceChunk, InferenceRequest } from '../core/inference.ts';

/**
 * A backend that asks a server elsewhere: whatever breaks on the way is the caller's leaving or the
 * server's failure, and told as such.
 */
export function remoteBackend(
  serverName: string,
  answer: (request: InferenceRequest, signal: AbortSignal) => AsyncIterable<InferenceChunk>,
): InferenceBackend {
  return {
    async *infer(request, { signal }): AsyncGenerator<InferenceChunk> {
      signal.throwIfAborted();
      try {
        yield* answer(request, signal);
      } catch (error) {
        // A closed connection looks like a broken one; what the caller did decides.
        if (signal.aborted) throw signal.reason;
        if (error instanceof MillpondError) throw error;
        throw new MillpondError(
          'unavailable',
          `The connection to ${serverName} broke in the middle of an answer; try again`,
          { cause: error },
        );
      }
    },
  };
}
