import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { sizeOf } from './kept-answers.ts';

/**
 * One answer for several readers. Whoever is furthest ahead pulls; the others read what was kept. It is
 * stopped when its last reader leaves before its end.
 */
export class SharedAnswer {
  readonly stop: AbortController;
  sizeBytes = 0;
  private readonly source: AsyncIterator<InferenceChunk>;
  private readonly chunks: InferenceChunk[] = [];
  private readonly onEnd: (isWhole: boolean) => void;
  private pulling: Promise<void> | undefined;
  private end: { readonly failure?: unknown } | undefined;
  private readers = 0;

  /** `onEnd` is called once: with true when it can be read again from its beginning. */
  constructor(
    open: (signal: AbortSignal) => AsyncIterable<InferenceChunk>,
    onEnd: (isWhole: boolean) => void,
  ) {
    this.stop = new AbortController();
    this.source = open(this.stop.signal)[Symbol.asyncIterator]();
    this.onEnd = onEnd;
  }

  /** From its beginning. `signal` ends this reader alone. */
  async *read(signal: AbortSignal): AsyncGenerator<InferenceChunk, void, undefined> {
    this.readers += 1;
    const left = Promise.withResolvers<never>();
    // Nobody may be waiting when the reader leaves.
    left.promise.catch(() => undefined);
    const onAbort = (): void => {
      left.reject(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (let index = 0; ; index += 1) {
        while (index >= this.chunks.length && this.end === undefined) {
          await Promise.race([this.pull(), left.promise]);
        }
        signal.throwIfAborted();
        const chunk = this.chunks[index];
        if (chunk !== undefined) yield chunk;
        else if (this.end !== undefined && 'failure' in this.end) throw this.end.failure;
        else return;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.leave();
    }
  }

  private leave(): void {
    this.readers -= 1;
    if (this.readers > 0 || this.end !== undefined) return;
    this.finish({ failure: new MillpondError('cancelled', 'The caller left before the end') });
    this.stop.abort(new MillpondError('cancelled', 'Nobody waits for this answer'));
    void this.source.return?.().catch(() => undefined);
  }

  private pull(): Promise<void> {
    this.pulling ??= this.source.next().then(
      ({ done, value }) => {
        this.pulling = undefined;
        if (done === true) this.finish({});
        else {
          this.chunks.push(value);
          this.sizeBytes += sizeOf(value);
        }
      },
      (failure: unknown) => {
        this.pulling = undefined;
        this.finish({ failure });
      },
    );
    return this.pulling;
  }

  private finish(end: { readonly failure?: unknown }): void {
    if (this.end !== undefined) return;
    this.end = end;
    this.onEnd(!('failure' in end));
  }
}
