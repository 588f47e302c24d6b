import type { InferenceChunk } from '../../core/inference.ts';
import type { Credit, Frame, ResumeFrom, RunEnd } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { chunkBytes, decodeChunk } from './chunk-codec.ts';
import { decodeFailure } from './failure-codec.ts';
import { initialWindowBytes, protocolError } from './protocol.ts';

export interface RunReceiverOptions {
  /** Lets the sender go on; never called while cut. */
  readonly grant: (credit: Credit) => void;
  /** Called once when the reader has everything, left, or the answer failed. */
  readonly onDone?: () => void;
}

interface ReceivedChunk {
  readonly chunk: InferenceChunk;
  readonly bytes: number;
}

/** Credit goes back in portions: not a message for each token. */
const grantBytes = initialWindowBytes / 4;

/**
 * The chunks of one answer as its reader takes them. The sender is given new credit only for what was
 * taken, so that a stalled reader costs one window of memory and no more. One reader only.
 *
 * Frames must follow each other without a gap; those that came already are dropped, because a resumed
 * stream may repeat them.
 */
export class RunReceiver implements AsyncIterable<InferenceChunk> {
  private readonly options: RunReceiverOptions;
  private readonly chunks: ReceivedChunk[] = [];
  private heldBytes = 0;
  private takenBytes = 0;
  private sequence = 0;
  private isCut = false;
  private isDone = false;
  private ending: { readonly failure?: Error } | undefined;
  private wakeReader: (() => void) | undefined;

  constructor(options: RunReceiverOptions) {
    this.options = options;
  }

  /** The last frame that came; the end counts as one. 0 before the first. */
  get lastSequence(): number {
    return this.sequence;
  }

  /** What waits for the reader. */
  get bufferedBytes(): number {
    return this.heldBytes;
  }

  /** Everything has come, or nothing more will. */
  get isEnded(): boolean {
    return this.ending !== undefined;
  }

  /** Why it ended early; undefined while it goes on and when it ended well. */
  get failure(): Error | undefined {
    return this.ending?.failure;
  }

  /** Takes a frame. A broken one ends the answer with a `protocol` error for the reader. */
  frame(frame: Frame): void {
    if (!this.accepts(frame.sequence)) return;
    if (this.heldBytes >= initialWindowBytes) {
      this.fail(protocolError('more frames came than credit was given'));
      return;
    }
    try {
      for (const encoded of frame.chunks) {
        const bytes = chunkBytes(encoded);
        this.chunks.push({ chunk: decodeChunk(encoded), bytes });
        this.heldBytes += bytes;
      }
    } catch (error) {
      this.fail(error instanceof Error ? error : protocolError('a chunk', error));
      return;
    }
    this.wake();
  }

  /** Takes the end. What came before is still read first. */
  end({ sequence, failure }: RunEnd): void {
    if (!this.accepts(sequence)) return;
    this.finish(failure === undefined ? {} : { failure: decodeFailure(failure) });
    if (!this.isCut) this.options.grant({ bytes: 0, sequence });
  }

  /** Ends the answer here. What came before is still read first, then `error` is thrown. */
  fail(error: Error): void {
    this.finish({ failure: error });
  }

  /** Ends the answer at once: what waits is thrown away. For a caller who left. */
  abort(error: Error): void {
    this.chunks.length = 0;
    this.heldBytes = 0;
    this.finish({ failure: error });
  }

  /** The stream is gone; another one may go on. */
  cut(): void {
    this.isCut = true;
  }

  /** Another stream goes on: what to tell the sender. */
  resumed(): ResumeFrom {
    this.isCut = false;
    const roomBytes = initialWindowBytes - this.heldBytes;
    // What was taken beyond the window is paid back before new credit is given.
    this.takenBytes = Math.min(0, roomBytes);
    return { sequence: this.sequence, creditBytes: Math.max(0, roomBytes) };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<InferenceChunk, void, undefined> {
    try {
      for (;;) {
        const next = this.chunks.shift();
        if (next !== undefined) {
          this.taken(next.bytes);
          yield next.chunk;
        } else if (this.ending !== undefined) {
          if (this.ending.failure !== undefined) throw this.ending.failure;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.wakeReader = resolve;
          });
        }
      }
    } finally {
      this.chunks.length = 0;
      this.heldBytes = 0;
      this.finish({});
      this.done();
    }
  }

  /** Whether this number is the next one. A gap fails the answer. */
  private accepts(sequence: number): boolean {
    if (this.ending !== undefined || sequence <= this.sequence) return false;
    if (sequence !== this.sequence + 1) {
      this.fail(protocolError(`frame ${sequence} came behind frame ${this.sequence}`));
      return false;
    }
    this.sequence = sequence;
    return true;
  }

  private taken(bytes: number): void {
    this.heldBytes -= bytes;
    this.takenBytes += bytes;
    if (this.takenBytes < grantBytes || this.isCut || this.ending !== undefined) return;
    const credit = { bytes: this.takenBytes, sequence: this.sequence };
    this.takenBytes = 0;
    this.options.grant(credit);
  }

  private finish(ending: { readonly failure?: Error }): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    this.wake();
  }

  private done(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.options.onDone?.();
  }

  private wake(): void {
    this.wakeReader?.();
    this.wakeReader = undefined;
  }
}
