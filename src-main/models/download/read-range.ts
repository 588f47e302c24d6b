import { createBackoff } from '../../core/async/backoff.ts';
import { MillpondError } from '../../core/error.ts';
import type { Span } from './block-map.ts';
import { type FileSource, passing } from './file-source.ts';
import { PassingFailure } from './passing-failure.ts';
import { StallGuard } from './stall-guard.ts';
import type { TransferEnvironment } from './transfer-environment.ts';

/** Fetches a short span into memory, whatever passes on the way. */
export async function readRange(
  span: Span,
  source: FileSource,
  { clock, bandwidth, random, tuning }: TransferEnvironment,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { initial, max } = tuning.retryMs;
  const backoff = createBackoff({ initialMs: initial, maxMs: max, random });
  const startedAt = clock.monotonic();
  for (;;) {
    const attempt = new AbortController();
    const either = AbortSignal.any([signal, attempt.signal]);
    const guard = new StallGuard(clock, tuning.stallMs, () => {
      const sentence = `${source.endpoint ?? 'The hub'} has gone silent`;
      attempt.abort(new PassingFailure(new MillpondError('unavailable', sentence)));
    });
    try {
      return await readOnce(span, source, either, async (bytes) => {
        guard.touch();
        const payment = bandwidth.take(bytes, either);
        if (payment !== undefined) await guard.hold(payment);
      });
    } catch (thrown) {
      const failure = passing(thrown, either);
      if (!(failure instanceof PassingFailure)) throw failure;
      if (clock.monotonic() - startedAt > tuning.giveUpMs) throw failure.error;
      // A server may ask for a pause, not for a day.
      const asked = Math.min(failure.error.retryAfterMs ?? 0, tuning.giveUpMs);
      await clock.sleep(Math.max(backoff.next(), asked), signal);
    } finally {
      guard.stop();
    }
  }
}

async function readOnce(
  span: Span,
  source: FileSource,
  signal: AbortSignal,
  onArrived: (bytes: number) => Promise<void>,
): Promise<Uint8Array> {
  const opened = await source.open(span, signal);
  const wanted = new Uint8Array(span.end - span.start);
  let position = opened.start;
  for await (const piece of opened.body) {
    await onArrived(piece.length);
    // A server without ranges begins at the beginning: what comes before is passed over.
    const from = Math.max(0, span.start - position);
    const until = Math.min(piece.length, span.end - position);
    if (from < until) wanted.set(piece.subarray(from, until), position + from - span.start);
    position += piece.length;
    if (position >= span.end) return wanted;
  }
  const sentence = `${opened.host} ended its answer before the end of the file`;
  throw new PassingFailure(new MillpondError('unavailable', sentence));
}
