import type { ServerResponse } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { AnswerStatus, InferenceChunk } from '../../core/inference.ts';
import type { StreamEncoder } from '../../dialects/stream.ts';
import { readerDrain } from './reader-drain.ts';
import { headHeaders } from './served-by.ts';
import { queueHeaders, statusLine } from './status-text.ts';
import { StreamBody } from './stream-body.ts';

export interface StreamTiming {
  /** Headers are flushed after so many milliseconds even if no content has come yet. */
  readonly flushAfterMs: number;
  /** A comment is sent when nothing else was for so long. */
  readonly heartbeatMs: number;
  /** A reader that takes nothing for so long is given up. */
  readonly stalledReaderMs: number;
}

export const defaultStreamTiming: StreamTiming = {
  flushAfterMs: 5000,
  heartbeatMs: 10_000,
  stalledReaderMs: 60_000,
};

interface SendStreamOptions {
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoder: StreamEncoder;
  readonly clock: Clock;
  readonly timing: StreamTiming;
}

/**
 * Writes an answer as its encoder frames it. Rejects while no header was sent, so that an early failure
 * keeps its own status; after that a failure is the stream's last event, and no `[DONE]` follows.
 */
export async function sendStream(
  chunks: AsyncIterable<InferenceChunk>,
  options: SendStreamOptions,
): Promise<void> {
  const writer = new SseWriter(options);
  const stopFlush = options.clock.after(options.timing.flushAfterMs, () => {
    writer.flushHeaders({});
    writer.comment('waiting for the model');
  });
  try {
    for await (const chunk of chunks) {
      if (chunk.type === 'status') {
        writer.tell(chunk.status);
        continue;
      }
      stopFlush();
      if (chunk.type === 'head') writer.begin(chunk);
      else writer.flushHeaders({});
      const frames = options.encoder.encode(chunk);
      if (frames !== '' && !writer.write(frames)) await writer.drained();
    }
    stopFlush();
    writer.flushHeaders({});
    writer.end(options.encoder.end());
  } catch (thrown) {
    stopFlush();
    if (!writer.isOpen) throw thrown;
    writer.end(options.encoder.fail(MillpondError.from(thrown)));
  } finally {
    writer.stopHeartbeat();
  }
}

const contentTypes = {
  events: 'text/event-stream; charset=utf-8',
  lines: 'application/x-ndjson',
} as const;

/** One response body: headers once, heartbeats in silence, and never faster than the reader reads. */
class SseWriter {
  isOpen = false;
  private readonly options: SendStreamOptions;
  private readonly body: StreamBody;
  private stopTimer: () => void = () => {};
  private wroteAt = 0;
  /** The place in line, for headers that are sent before the answer has begun. */
  private queue: Readonly<Record<string, string>> = {};

  constructor(options: SendStreamOptions) {
    this.options = options;
    this.body = new StreamBody(options.response);
  }

  begin(head: Extract<InferenceChunk, { type: 'head' }>): void {
    const headers = headHeaders(head);
    this.queue = {};
    if (!this.isOpen) this.flushHeaders(headers);
    // Too late for headers: the route is told in a comment.
    else
      this.comment(
        Object.entries(headers)
          .map((pair) => pair.join(': '))
          .join(', '),
      );
  }

  /** What happens meanwhile: in headers where they are still to come, in comments afterwards. */
  tell(status: AnswerStatus): void {
    this.queue = queueHeaders(status);
    if (this.isOpen && !this.body.isFull) this.comment(statusLine(status));
  }

  flushHeaders(headers: Readonly<Record<string, string>>): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.body.begin({
      ...this.options.headers,
      ...this.queue,
      ...headers,
      'content-type': contentTypes[this.options.encoder.framing ?? 'events'],
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    this.wroteAt = this.options.clock.monotonic();
    this.beatAfter(this.options.timing.heartbeatMs);
  }

  /** Lines have no comments: their readers take every line for an object. */
  comment(text: string): void {
    if (this.options.encoder.framing === 'lines') return;
    this.body.write(`: ${text}\n\n`);
  }

  /** False when the reader has to catch up: `drained` waits for that. */
  write(frames: string): boolean {
    this.wroteAt = this.options.clock.monotonic();
    return this.body.write(frames);
  }

  /** Resolves once the reader has room again; rejects when it left or takes nothing at all. */
  drained(): Promise<void> {
    const { response, clock, timing } = this.options;
    const { target } = this.body;
    return readerDrain({ response, target, clock, stalledMs: timing.stalledReaderMs });
  }

  end(frames: string): void {
    this.body.end(frames);
  }

  stopHeartbeat(): void {
    this.stopTimer();
  }

  private beatAfter(delayMs: number): void {
    const { clock, timing } = this.options;
    this.stopTimer = clock.after(delayMs, () => {
      const quietMs = clock.monotonic() - this.wroteAt;
      if (quietMs < timing.heartbeatMs) {
        this.beatAfter(timing.heartbeatMs - quietMs);
        return;
      }
      if (!this.body.isFull) this.comment('heartbeat');
      this.beatAfter(timing.heartbeatMs);
    });
  }
}
