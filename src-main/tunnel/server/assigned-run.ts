import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import type { RunOpen, RunRequest, RunResponse } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { protocolError, secretBytes } from '../wire/protocol.ts';
import type { EncodedRequest } from '../wire/request-codec.ts';
import { RunReceiver } from '../wire/run-receiver.ts';
import type { TunnelCounters } from './counters.ts';
import { failStream } from './end-stream.ts';
import { writeBody } from './write-body.ts';

export type RunStream = ServerDuplexStream<RunRequest, RunResponse>;

export interface AssignedRunDeps {
  readonly clock: Clock;
  readonly counters: TunnelCounters;
  readonly requestId: string;
  /** The id by which the machine knows the model; its slot is taken while the Run lives. */
  readonly modelId: string;
  /** As people call it. */
  readonly machine: string;
  readonly body: EncodedRequest;
  readonly acceptWithinMs: number;
  readonly patience: CutPatience;
  readonly canMoveOn: (() => boolean) | undefined;
  /** Tells the machine over Control that nobody waits any more. */
  readonly sendCancel: () => void;
  /** Any sign of life on the stream. */
  readonly onHeard: () => void;
  /** The machine has nothing to do with it any more. Called once. */
  readonly onOver: () => void;
  /** For the chaos suite: takes frames of a stream that was replaced. */
  readonly isEpochCheckOff?: boolean;
}

/** How long a cut answer waits for its machine to come back. */
export interface CutPatience {
  /** While another machine could go on. */
  readonly withOthersMs: number;
  /** While nobody could. */
  readonly aloneMs: number;
}

export const defaultPatience: CutPatience = { withOthersMs: 2_000, aloneMs: 15_000 };
/** How often a cut answer looks whether another machine has come. */
const lookAgainMs = 1_000;
/** A timer that comes later than this says that the gateway itself had no time. */
const ownDelayMs = 100;

/**
 * One answer that a machine was asked for, across all the streams that carry it.
 * - `assigned` waits for the machine to open Run · `running` · `cut` waits for it to come back
 * - `over` the machine is done with it; what has come may still be read
 */
type Phase = 'assigned' | 'running' | 'cut' | 'over';

export class AssignedRun {
  readonly requestId: string;
  readonly modelId: string;
  readonly ticket: Buffer = randomBytes(secretBytes);
  private readonly deps: AssignedRunDeps;
  private readonly receiver: RunReceiver;
  private phase: Phase = 'assigned';
  private stream: RunStream | undefined;
  private cancelTimer: (() => void) | undefined;

  constructor(deps: AssignedRunDeps) {
    this.deps = deps;
    this.requestId = deps.requestId;
    this.modelId = deps.modelId;
    this.receiver = new RunReceiver({
      grant: (credit) => this.stream?.write({ message: { $case: 'credit', value: credit } }),
    });
    this.awaitAccept(deps.acceptWithinMs);
  }

  get answer(): AsyncIterable<InferenceChunk> {
    return this.receiver;
  }

  get isOver(): boolean {
    return this.phase === 'over';
  }

  get isCut(): boolean {
    return this.phase === 'cut';
  }

  /** Memory that waits for the reader. */
  get bufferedBytes(): number {
    return this.receiver.bufferedBytes;
  }

  hasTicket(ticket: Uint8Array): boolean {
    return ticket.byteLength === this.ticket.byteLength && timingSafeEqual(ticket, this.ticket);
  }

  /** The machine accepts, or comes back after a cut. Throws what is wrong with the opening. */
  open(stream: RunStream, { isResume }: RunOpen): void {
    if (this.phase === 'over') throw new MillpondError('cancelled', 'Nobody waits for this answer');
    if (isResume === (this.phase === 'assigned')) {
      throw new MillpondError('conflict', 'A Run was opened out of turn');
    }
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (isResume) this.resume(stream);
    else this.begin(stream);
    this.listen(stream);
  }

  /** The machine says no, before or after it opened Run. */
  refuse(failure: MillpondError): void {
    if (this.phase === 'over') return;
    this.receiver.fail(failure);
    this.leave();
  }

  /** The connection or the stream is gone. An answer that had not begun is lost at once. */
  cut(): void {
    if (this.phase === 'assigned') this.giveUp();
    if (this.phase !== 'running') return;
    this.phase = 'cut';
    this.deps.counters.cuts += 1;
    this.receiver.cut();
    this.stream = undefined;
    const cutAt = this.deps.clock.monotonic();
    this.wait(this.deps.patience.withOthersMs, cutAt);
  }

  /** The machine will not come back for it. */
  giveUp(): void {
    if (this.phase === 'over') return;
    this.deps.counters.lost += 1;
    this.receiver.fail(
      new MillpondError(
        'unavailable',
        `The connection to ${this.deps.machine} was lost and it did not come back in time; ask again`,
        { reason: 'node-lost' },
      ),
    );
    this.leave();
  }

  /** Nobody reads it any more: the machine stops at once. */
  cancel(reason: MillpondError): void {
    this.receiver.abort(reason);
    if (this.phase === 'over') return;
    this.stream?.write({ message: { $case: 'cancel', value: { requestId: this.requestId } } });
    this.deps.sendCancel();
    this.leave();
  }

  private begin(stream: RunStream): void {
    this.phase = 'running';
    this.stream = stream;
    void writeBody(
      this.deps.body.parts,
      (part) => stream.write({ message: { $case: 'body', value: part } }),
      stream,
    );
  }

  private resume(stream: RunStream): void {
    const old = this.stream;
    this.phase = 'running';
    this.stream = stream;
    this.deps.counters.resumes += 1;
    old?.end();
    stream.write({ message: { $case: 'resumeFrom', value: this.receiver.resumed() } });
  }

  private listen(stream: RunStream): void {
    stream.on('data', ({ message }: RunRequest) => this.received(stream, message));
    stream.on('cancelled', () => {
      if (this.stream === stream) this.cut();
    });
    // A machine that ends the stream itself, without an end of the answer, does not come back for it.
    stream.on('end', () => {
      if (this.stream === stream) this.giveUp();
    });
  }

  private received(stream: RunStream, message: RunRequest['message']): void {
    const isCurrent = this.stream === stream || this.deps.isEpochCheckOff === true;
    if (!isCurrent) {
      this.deps.counters.staleFramesDropped += 1;
      return;
    }
    this.deps.onHeard();
    if (message?.$case === 'frame') this.receiver.frame(message.value);
    else if (message?.$case === 'end') this.receiver.end(message.value);
    else if (message?.$case === 'open') this.receiver.fail(protocolError('a Run was opened twice'));
    const { failure } = this.receiver;
    if (failure instanceof MillpondError && failure.reason === 'protocol') {
      this.broken(stream, failure);
    } else if (this.receiver.isEnded) {
      this.leave();
    }
  }

  /** The receiver refused what came: its reader has the error, the machine hears it too. */
  private broken(stream: RunStream, failure: MillpondError): void {
    this.deps.counters.protocolErrors += 1;
    this.stream = undefined;
    failStream(stream, failure);
    this.deps.sendCancel();
    this.leave();
  }

  /** What this gateway is late by, it was too busy to hear the machine: that much is given back, once. */
  private awaitAccept(ms: number, isGivenBack = false): void {
    const { clock } = this.deps;
    const dueAt = clock.monotonic() + ms;
    this.cancelTimer = clock.after(ms, () => {
      const lateMs = Math.min(ms, clock.monotonic() - dueAt);
      if (lateMs > ownDelayMs && !isGivenBack) this.awaitAccept(lateMs, true);
      else this.notAccepted();
    });
  }

  private notAccepted(): void {
    if (this.phase !== 'assigned') return;
    this.receiver.fail(
      new MillpondError(
        'timeout',
        `${this.deps.machine} did not take the request within ${this.deps.acceptWithinMs / 1000} s; try again`,
        { reason: 'not-accepted' },
      ),
    );
    this.deps.sendCancel();
    this.leave();
  }

  private wait(ms: number, cutAt: number): void {
    this.cancelTimer = this.deps.clock.after(ms, () => {
      const waitedMs = this.deps.clock.monotonic() - cutAt;
      const leftMs = this.deps.patience.aloneMs - waitedMs;
      if (leftMs <= 0 || this.deps.canMoveOn?.() === true) this.giveUp();
      else this.wait(Math.min(lookAgainMs, leftMs), cutAt);
    });
  }

  private leave(): void {
    if (this.phase === 'over') return;
    this.phase = 'over';
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const { stream } = this;
    this.stream = undefined;
    stream?.end();
    this.deps.onOver();
  }
}
