import type { Clock } from '../../core/clock.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { initialCredit } from '../hosting/host-protocol.ts';
import type { FromEngineHost } from '../hosting/host-protocol.ts';

/** Tokens that come close together travel in one message: sending costs more than a token. */
const coalesceMs = 15;
const coalesceChunks = 32;

interface ChunkSenderOptions {
  readonly id: string;
  readonly post: (message: FromEngineHost) => void;
  readonly clock: Clock;
}

/** Sends the chunks of one request: the first at once, the rest in small groups, never beyond the credit. */
export class ChunkSender {
  private readonly options: ChunkSenderOptions;
  private ready: InferenceChunk[] = [];
  private credit = initialCredit;
  private sentAny = false;
  private cancelTimer: (() => void) | undefined;
  private onCredit: (() => void) | undefined;

  constructor(options: ChunkSenderOptions) {
    this.options = options;
  }

  /** Waits while the reader has not taken what was sent before. */
  async send(chunk: InferenceChunk, signal: AbortSignal): Promise<void> {
    while (this.credit === 0) await this.moreCredit(signal);
    this.credit -= 1;
    this.ready.push(chunk);
    // The head is not what people wait for: the first piece behind it must not be held either.
    if (!this.sentAny || this.ready.length >= coalesceChunks) this.flush();
    else
      this.cancelTimer ??= this.options.clock.after(coalesceMs, () => {
        this.flush();
      });
    if (chunk.type !== 'head') this.sentAny = true;
  }

  grant(chunks: number): void {
    this.credit += chunks;
    this.onCredit?.();
  }

  flush(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (this.ready.length === 0) return;
    const chunks = this.ready;
    this.ready = [];
    this.options.post({ type: 'chunks', id: this.options.id, chunks });
  }

  private moreCredit(signal: AbortSignal): Promise<void> {
    this.flush();
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.onCredit = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
    });
  }
}
