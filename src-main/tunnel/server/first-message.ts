import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { failStream } from './end-stream.ts';

/** A stream that was opened without saying what for is closed. */
const openWithinMs = 10_000;

/**
 * Hands the first message of a stream to `take`, which may throw what is wrong with it: then the
 * stream is closed with that. Messages behind it go to the listeners that `take` adds.
 */
export function takeFirstMessage<Message, Answer>(
  stream: ServerDuplexStream<Message, Answer>,
  clock: Clock,
  take: (message: Message) => void,
): void {
  const settle = (): void => {
    cancelTimer();
    stream.off('data', onMessage);
    stream.off('cancelled', settle);
    stream.off('end', settle);
  };
  const onMessage = (message: Message): void => {
    settle();
    try {
      take(message);
    } catch (error) {
      failStream(stream, MillpondError.from(error));
    }
  };
  const cancelTimer = clock.after(openWithinMs, () => {
    settle();
    failStream(
      stream,
      new MillpondError('timeout', `Nothing came within ${openWithinMs / 1000} s of connecting`),
    );
  });
  stream.on('data', onMessage);
  stream.on('cancelled', settle);
  stream.on('end', settle);
}
