import type { ServerResponse } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { encodeError } from '../../dialects/openai/errors.ts';
import { headersForCaller } from './passed-headers.ts';
import { readerDrain } from './reader-drain.ts';
import { headHeaders } from './served-by.ts';
import type { StreamTiming } from './send-stream.ts';

type Head = Extract<InferenceChunk, { type: 'head' }>;

export interface SendBytesOptions {
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Set so far; they win over the upstream's of the same name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly timing: Pick<StreamTiming, 'stalledReaderMs'>;
  /** Looks at the answer before anything is sent; may throw to send something else. */
  readonly check?: (head: Head) => void;
}

const okStatus = 200;

/**
 * Writes an answer as its server wrote it: status, headers and body, never faster than the reader reads.
 * Rejects while nothing was sent. After that a failure breaks the connection, or is the last event of a
 * stream of events, so that nobody takes half an answer for a whole one.
 */
export async function sendBytes(
  chunks: AsyncIterable<InferenceChunk>,
  options: SendBytesOptions,
): Promise<void> {
  const { response, clock, timing } = options;
  let isEvents = false;
  try {
    for await (const chunk of chunks) {
      if (chunk.type === 'head') isEvents = begin(chunk, options);
      if (chunk.type !== 'bytes' || chunk.bytes.byteLength === 0) continue;
      if (!response.write(chunk.bytes)) {
        const stalledMs = timing.stalledReaderMs;
        await readerDrain({ response, target: response, clock, stalledMs });
      }
    }
    if (!response.headersSent) {
      throw new MillpondError('unavailable', 'The provider ended without an answer');
    }
    response.end();
  } catch (thrown) {
    if (!response.headersSent) throw thrown;
    if (isEvents && !response.destroyed) {
      const error = encodeError(MillpondError.from(thrown), options.requestId);
      response.end(`\n\ndata: ${JSON.stringify(error)}\n\n`);
    } else response.destroy();
  }
}

/** True when the body is a stream of events whose length nobody knows. */
function begin(head: Head, { response, headers, check }: SendBytesOptions): boolean {
  check?.(head);
  const passed = headersForCaller(head.headers);
  response.writeHead(head.status ?? okStatus, { ...passed, ...headers, ...headHeaders(head) });
  const { 'content-type': type = '', 'content-length': length } = passed;
  return type.startsWith('text/event-stream') && length === undefined;
}
