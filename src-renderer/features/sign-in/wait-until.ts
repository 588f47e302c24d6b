import { MillpondError } from '../../../src-main/core/error.ts';

/** When a refused try makes sense again, in epoch milliseconds; 0 for at once. */
export function waitUntil(thrown: unknown, now: number): number {
  const { retryAfterMs } = MillpondError.from(thrown);
  return retryAfterMs === undefined ? 0 : now + retryAfterMs;
}
