/**
 * Passes a stream on until it ends or the signal aborts, whichever is first: also when the source
 * has stalled and ignores the signal. The source is closed in every case, without being waited for.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  signal.throwIfAborted();
  const reader = source[Symbol.asyncIterator]();
  let rejectPending: (reason: unknown) => void = () => {};
  const onAbort = (): void => {
    rejectPending(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  let isOver = false;
  try {
    for (;;) {
      const item = await new Promise<IteratorResult<T>>((resolve, reject) => {
        rejectPending = reject;
        reader.next().then(resolve, reject);
      });
      if (item.done) {
        isOver = true;
        return;
      }
      yield item.value;
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // A stalled source answers `return` only after its pending `next`: nobody waits for that here.
    if (!isOver) reader.return?.().catch(() => undefined);
  }
}
