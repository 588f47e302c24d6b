/** Runs jobs strictly one after another: two models that load at once fight over disk and memory. */
export class LoadLane {
  private tail: Promise<void> = Promise.resolve();

  /** Rejects with the signal's reason when it is aborted before the job's turn. */
  async run<T>(signal: AbortSignal, job: () => Promise<T>): Promise<T> {
    const previous = this.tail;
    const done: PromiseWithResolvers<void> = Promise.withResolvers();
    this.tail = previous.then(() => done.promise);
    try {
      await untilAborted(previous, signal);
      return await job();
    } finally {
      done.resolve();
    }
  }
}

/** Waits for `work`, but no longer than until the signal is aborted. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
