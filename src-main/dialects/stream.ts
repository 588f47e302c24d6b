import type { MillpondError } from '../core/error.ts';
import type { InferenceChunk } from '../core/inference.ts';

/** What every frame of one answer repeats. */
export interface AnswerIdentity {
  /** UUIDv7 of the request. */
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly includeUsage: boolean;
}

/** Turns the chunks of one answer into server-sent events. One encoder serves one answer. */
export interface StreamEncoder {
  /** `lines`: JSON objects, one a line, with nothing between them. Server-sent events if absent. */
  readonly framing?: 'events' | 'lines';
  /** Frames of this chunk; empty when there is nothing to say yet. */
  encode(chunk: InferenceChunk): string;
  /** What comes after the last chunk. Only for an answer that ended well. */
  end(): string;
  /** The last event of a broken stream: nobody may take half an answer for a whole one. */
  fail(error: MillpondError): string;
}

/**
 * Lets pieces through that the server wrote in the caller's own dialect, with their end; everything
 * else is written by `encoder`.
 */
export function passingRaw(encoder: StreamEncoder): StreamEncoder {
  let isRaw = false;
  const { framing = 'events' } = encoder;
  return {
    framing,
    encode(chunk) {
      if (chunk.type === 'raw') {
        isRaw = true;
        return chunk.text;
      }
      return isRaw ? '' : encoder.encode(chunk);
    },
    end: () => (isRaw ? '' : encoder.end()),
    fail: (error) => encoder.fail(error),
  };
}
