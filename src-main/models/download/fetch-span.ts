import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { Bandwidth } from './bandwidth.ts';
import type { BlockMap, Span } from './block-map.ts';
import { type FileSource, type OpenedRange, passing } from './file-source.ts';
import { PassingFailure } from './passing-failure.ts';
import { SpanWriter } from './span-writer.ts';
import { StallGuard } from './stall-guard.ts';

export interface SpanFetch {
  readonly source: FileSource;
  readonly map: BlockMap;
  readonly bandwidth: Bandwidth;
  readonly clock: Clock;
  readonly stallMs: number;
  readonly flushBytes: number;
  readonly signal: AbortSignal;
  readonly write: (buffers: readonly Uint8Array[], position: number) => Promise<void>;
  /** The answer has begun. Throws where it cannot be used. */
  readonly onOpened: (opened: OpenedRange) => void;
  readonly onArrived: (bytes: number) => void;
  readonly onWritten: (start: number, end: number) => void;
}

/**
 * Brings one span into the file. Whatever arrived is written, also when it then fails. Rejects with
 * `PassingFailure` when the connection broke, stalled or ended early.
 */
export async function fetchSpan(span: Span, fetch: SpanFetch): Promise<void> {
  const attempt = new AbortController();
  const signal = AbortSignal.any([fetch.signal, attempt.signal]);
  const guard = new StallGuard(fetch.clock, fetch.stallMs, () => {
    attempt.abort(new PassingFailure(silent(fetch.source.endpoint)));
  });
  const writer = new SpanWriter(fetch);
  let opened: OpenedRange | undefined;
  let position = span.start;
  try {
    opened = await fetch.source.open(span, signal);
    fetch.onOpened(opened);
    guard.touch();
    position = opened.start;
    const end = opened.isWhole ? fetch.map.sizeBytes : span.end;
    for await (const piece of opened.body) {
      guard.touch();
      signal.throwIfAborted();
      const bytes = piece.length > end - position ? piece.subarray(0, end - position) : piece;
      if (bytes.length === 0) break; // more than was asked for
      fetch.onArrived(bytes.length);
      const payment = fetch.bandwidth.take(bytes.length, signal);
      if (payment !== undefined) await guard.hold(payment);
      const room = opened.isWhole
        ? pushMissing(writer, { map: fetch.map, position, bytes })
        : writer.push(position, bytes);
      if (room !== undefined) await guard.hold(room);
      position += bytes.length;
      // The end of an honest answer is awaited, which leaves its connection for the next one.
      if (position >= end && !opened.isExact) break;
    }
    if (position < end) throw new PassingFailure(endedEarly(opened.host));
  } catch (thrown) {
    const isThere = opened !== undefined && !opened.isWhole && position >= span.end;
    if (!isThere || fetch.signal.aborted) throw passing(thrown, signal);
  } finally {
    guard.stop();
    await writer.flush();
  }
}

/** Of a whole file's stream, only what is not there yet. */
async function pushMissing(
  writer: SpanWriter,
  arrival: { readonly map: BlockMap; readonly position: number; readonly bytes: Uint8Array },
): Promise<void> {
  const { map, bytes } = arrival;
  const end = arrival.position + bytes.length;
  let { position } = arrival;
  while (position < end) {
    const gap = map.missingFrom(position);
    if (gap === undefined || gap.start >= end) return;
    // What is missing before this position waits in the writer.
    const start = Math.max(position, gap.start);
    const until = Math.min(end, gap.end);
    await writer.push(start, bytes.subarray(start - arrival.position, until - arrival.position));
    position = until;
  }
}

function silent(host: string | undefined): MillpondError {
  return new MillpondError('unavailable', `${host ?? 'The hub'} has gone silent`);
}

function endedEarly(host: string): MillpondError {
  return new MillpondError('unavailable', `${host} ended its answer before the end of the file`);
}
