import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import type { Chunk, Credit, Frame, ResumeFrom, RunEnd } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { chunkBytes, encodeChunk } from './chunk-codec.ts';
import { encodeFailure } from './failure-codec.ts';
import {
  coalesceMs,
  defaultTiming,
  initialWindowBytes,
  maxChunkBytes,
  maxFrameBytes,
  protocolError,
  ringLimitBytes,
} from './protocol.ts';

/** What a sender puts on its stream: frames, and behind the last one the end. */
export type SentMessage =
  | { readonly $case: 'frame'; readonly value: Frame }
  | { readonly $case: 'end'; readonly value: RunEnd };

export interface RunSenderOptions {
  readonly clock: Clock;
  /** Default 64 KiB. */
  readonly maxFrameBytes?: number;
  /** How long a cut answer is kept for its receiver. Default 30 s. */
  readonly keepFramesMs?: number;
  /** For the chaos suite: forgets what was sent, so that a resumed answer has a hole. */
  readonly faults?: { readonly isRingOff?: boolean };
}

interface HeldMessage {
  readonly sequence: number;
  readonly bytes: number;
  readonly message: SentMessage;
}

/** More credit than this is never believed. */
const maxCreditBytes = 16 * 1024 * 1024;

/**
 * Sends the chunks of one answer as numbered frames, at the pace of its receiver, and holds every
 * frame until the receiver has it, so that another stream can go on exactly behind the last one.
 *
 * The first content goes out at once; later chunks that come closer together than 15 ms share a
 * frame. Without credit, or with 1 MiB held, `send` waits. While no stream is attached frames are
 * made as long as there is credit, and only held.
 */
export class RunSender {
  private readonly clock: Clock;
  private readonly maxFrameBytes: number;
  private readonly keepFramesMs: number;
  private readonly isRingOff: boolean;
  private readonly lostController = new AbortController();
  private readonly held: HeldMessage[] = [];
  private heldBytes = 0;
  private pending: Chunk[] = [];
  private pendingBytes = 0;
  private creditBytes = initialWindowBytes;
  private nextSequence = 1;
  private lastFrameAt = -Infinity;
  private hasContent = false;
  private ending: RunEnd['failure'] | 'complete' | undefined;
  private endSequence: number | undefined;
  private write: ((message: SentMessage) => void) | undefined;
  private wakeSender: (() => void)[] = [];
  private cancelFlush: (() => void) | undefined;
  private cancelKeeping: (() => void) | undefined;

  constructor(options: RunSenderOptions) {
    this.clock = options.clock;
    this.maxFrameBytes = options.maxFrameBytes ?? maxFrameBytes;
    this.keepFramesMs = options.keepFramesMs ?? defaultTiming.keepFramesMs;
    this.isRingOff = options.faults?.isRingOff ?? false;
  }

  /** Aborts when nobody came back for the answer in time: whoever makes it should stop. */
  get lost(): AbortSignal {
    return this.lostController.signal;
  }

  /** The receiver has everything, the end included. */
  get isAcknowledged(): boolean {
    return this.endSequence !== undefined && this.held.length === 0;
  }

  /** Everything that is kept for the receiver now. */
  get bufferedBytes(): number {
    return this.heldBytes + this.pendingBytes;
  }

  /** Sends all of an answer, then its end or its failure. Never rejects. */
  async sendAll(answer: AsyncIterable<InferenceChunk>): Promise<void> {
    try {
      for await (const chunk of answer) await this.send(chunk);
      this.end();
    } catch (error) {
      this.end(MillpondError.from(error));
    }
  }

  /** Resolves once there is room for more. Rejects when the answer was given up. */
  async send(chunk: InferenceChunk): Promise<void> {
    this.lost.throwIfAborted();
    const encoded = encodeChunk(chunk);
    const bytes = chunkBytes(encoded);
    if (bytes > maxChunkBytes) {
      throw new MillpondError('too-large', 'One piece of the answer is too large for the link');
    }
    this.pending.push(encoded);
    this.pendingBytes += bytes;
    const isFirstContent = !this.hasContent && chunk.type !== 'head' && chunk.type !== 'status';
    if (isFirstContent) this.hasContent = true;
    this.flushOrWait(isFirstContent);
    while (this.isBlocked && this.pendingBytes > 0) {
      await new Promise<void>((resolve) => this.wakeSender.push(resolve));
      this.lost.throwIfAborted();
    }
  }

  /** No more chunks. What was sent before still arrives first. */
  end(failure?: MillpondError): void {
    if (this.ending !== undefined) return;
    this.ending = failure === undefined ? 'complete' : encodeFailure(failure);
    this.flush();
  }

  /** A stream is there: `write` puts one message on it. Nothing is written after `detach`. */
  attach(write: (message: SentMessage) => void): void {
    this.cancelKeeping?.();
    this.cancelKeeping = undefined;
    this.write = write;
  }

  /** The stream was cut. The answer is kept for a while. */
  detach(): void {
    if (this.write === undefined) return;
    this.write = undefined;
    this.cancelKeeping = this.clock.after(this.keepFramesMs, () => {
      this.close(
        new MillpondError('unavailable', 'The gateway did not come back for the answer', {
          reason: 'gateway-lost',
        }),
      );
    });
  }

  /** The receiver takes so many more bytes and has everything up to `sequence`. */
  grant({ bytes, sequence }: Credit): void {
    this.acknowledge(sequence);
    this.creditBytes = Math.min(maxCreditBytes, this.creditBytes + bytes);
    this.flush();
  }

  /**
   * Goes on behind `sequence` on the stream that was attached just now. Throws a `protocol` error
   * when that place is not held any more or was never reached.
   */
  resumeFrom({ sequence, creditBytes }: ResumeFrom): void {
    this.acknowledge(sequence);
    const first = this.held[0]?.sequence ?? this.nextSequence;
    if (first !== sequence + 1 && !this.isRingOff) {
      throw protocolError(`the answer cannot go on behind frame ${sequence}`);
    }
    this.creditBytes = Math.min(maxCreditBytes, creditBytes) - this.heldBytes;
    for (const { message } of this.held) this.write?.(message);
    this.flush();
  }

  /** Gives up at once: nothing is sent or kept any more. */
  close(
    reason: MillpondError = new MillpondError('cancelled', 'Nobody waits for the answer'),
  ): void {
    this.cancelFlush?.();
    this.cancelKeeping?.();
    this.cancelFlush = this.cancelKeeping = this.write = undefined;
    this.held.length = 0;
    this.pending = [];
    this.heldBytes = this.pendingBytes = 0;
    if (!this.lost.aborted) this.lostController.abort(reason);
    this.wake();
  }

  private get isBlocked(): boolean {
    return this.creditBytes <= 0 || this.heldBytes >= ringLimitBytes;
  }

  private flushOrWait(isUrgent: boolean): void {
    const waitMs = this.lastFrameAt + coalesceMs - this.clock.monotonic();
    if (isUrgent || waitMs <= 0 || this.pendingBytes >= this.maxFrameBytes) this.flush();
    else this.cancelFlush ??= this.clock.after(waitMs, () => this.flush());
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    if (this.lost.aborted) return;
    while (this.pending.length > 0 && !this.isBlocked) this.sendFrame();
    if (this.pending.length > 0) return;
    if (this.ending !== undefined && this.endSequence === undefined) this.sendEnd(this.ending);
    this.wake();
  }

  private sendFrame(): void {
    let count = 0;
    let bytes = 0;
    for (const chunk of this.pending) {
      const size = chunkBytes(chunk);
      if (count > 0 && bytes + size > this.maxFrameBytes) break;
      count += 1;
      bytes += size;
    }
    const isAll = count === this.pending.length;
    const chunks = isAll ? this.pending : this.pending.slice(0, count);
    this.pending = isAll ? [] : this.pending.slice(count);
    this.pendingBytes -= bytes;
    this.creditBytes -= bytes;
    this.lastFrameAt = this.clock.monotonic();
    const sequence = this.nextSequence;
    this.emit({ $case: 'frame', value: { sequence, chunks } }, bytes);
  }

  private sendEnd(ending: NonNullable<typeof this.ending>): void {
    this.endSequence = this.nextSequence;
    const failure = ending === 'complete' ? undefined : ending;
    this.emit({ $case: 'end', value: { sequence: this.endSequence, failure } }, 0);
  }

  private emit(message: SentMessage, bytes: number): void {
    const sequence = this.nextSequence;
    this.nextSequence += 1;
    if (!this.isRingOff) {
      this.held.push({ sequence, bytes, message });
      this.heldBytes += bytes;
    }
    this.write?.(message);
  }

  private acknowledge(sequence: number): void {
    if (sequence >= this.nextSequence) {
      throw protocolError(`frame ${sequence} was acknowledged before it was sent`);
    }
    let count = 0;
    for (const held of this.held) {
      if (held.sequence > sequence) break;
      this.heldBytes -= held.bytes;
      count += 1;
    }
    this.held.splice(0, count);
  }

  private wake(): void {
    for (const wake of this.wakeSender.splice(0)) wake();
  }
}
