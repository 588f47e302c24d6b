import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';

export interface SlowReader {
  readonly response: ServerResponse;
  /** What is written to: the response, or its socket. */
  readonly target: Writable;
  readonly clock: Clock;
  /** A reader that takes nothing for so long is given up. */
  readonly stalledMs: number;
}

/** Resolves once the reader has room again; rejects when it left or takes nothing at all. */
export function readerDrain({ response, target, clock, stalledMs }: SlowReader): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      stop();
      target.off('drain', onDrain);
      response.off('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onDrain = (): void => {
      settle();
    };
    const onClose = (): void => {
      settle(new MillpondError('cancelled', 'The caller left'));
    };
    const stop = clock.after(stalledMs, () => {
      settle(new MillpondError('cancelled', 'The caller stopped reading'));
      response.destroy();
    });
    target.once('drain', onDrain);
    response.once('close', onClose);
    if (response.destroyed) onClose();
  });
}
