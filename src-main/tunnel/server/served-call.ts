import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import type {
  CallOpen,
  CallRequest,
  CallResponse,
  Credit,
} from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { KnownMembership, TunnelGate } from '../ports.ts';
import { BodyAssembler } from '../wire/body-assembler.ts';
import { deadlineOnOtherClock } from '../wire/deadline.ts';
import { protocolError } from '../wire/protocol.ts';
import { decodeRequest } from '../wire/request-codec.ts';
import { RunSender } from '../wire/run-sender.ts';
import type { TunnelCounters } from './counters.ts';
import { failStream } from './end-stream.ts';

export type CallStream = ServerDuplexStream<CallRequest, CallResponse>;

export interface CallDeps {
  readonly gate: TunnelGate;
  readonly clock: Clock;
  readonly counters: TunnelCounters;
  /** Milliseconds by which the member's clock is ahead. */
  readonly clockSkewMs: number;
  readonly onOver: () => void;
}

/** Gateways that one request may pass. */
const maxHops = 8;

/** One request of a member, from its opening to its last frame. A cut one is over: its member asks again. */
export class ServedCall {
  private readonly stream: CallStream;
  private readonly open: CallOpen;
  private readonly member: KnownMembership;
  private readonly deps: CallDeps;
  private readonly sender: RunSender;
  private readonly body: BodyAssembler;
  private readonly stop = new AbortController();
  private isStarted = false;

  /** Throws when the member may not ask, or the request has come round in a circle. */
  constructor(stream: CallStream, open: CallOpen, member: KnownMembership, deps: CallDeps) {
    checkRights(member);
    checkHops(open.hops, deps.gate.gatewayId);
    this.stream = stream;
    this.open = open;
    this.member = member;
    this.deps = deps;
    this.body = new BodyAssembler(open.bodyBytes);
    this.sender = new RunSender({ clock: deps.clock });
    this.sender.attach((message) => stream.write({ message }));
  }

  start(): void {
    this.stream.on('data', ({ message }: CallRequest) => this.received(message));
    this.stream.on('end', () => this.cancel());
    this.stream.on('cancelled', () => this.cancel());
    if (this.open.body.byteLength > 0 || this.open.bodyBytes === 0) this.answer(this.open.body);
  }

  /** Nobody waits for it any more. */
  cancel(): void {
    if (this.stop.signal.aborted) return;
    this.stop.abort(new MillpondError('cancelled', 'The member left'));
    this.sender.close();
    this.stream.end();
    this.deps.onOver();
  }

  private received(message: CallRequest['message']): void {
    try {
      if (message?.$case === 'credit') this.credit(message.value);
      else if (message?.$case === 'cancel') this.cancel();
      else if (message?.$case === 'open') throw protocolError('a Call was opened twice');
      else if (message?.$case === 'body') this.bodyPart(this.body.add(message.value));
    } catch (error) {
      this.deps.counters.protocolErrors += 1;
      failStream(this.stream, MillpondError.from(error));
      this.cancel();
    }
  }

  private credit(credit: Credit): void {
    this.sender.grant(credit);
    if (this.sender.isAcknowledged) this.cancel();
  }

  private bodyPart(body: Buffer | undefined): void {
    if (this.isStarted) throw protocolError('a request came twice');
    if (body !== undefined) this.answer(body);
  }

  private answer(body: Buffer): void {
    this.isStarted = true;
    void this.sender.sendAll(this.ask(body));
  }

  private async *ask(body: Buffer): AsyncGenerator<InferenceChunk> {
    const { envelope, input } = decodeRequest(body);
    const deadline = deadlineOnOtherClock(envelope.deadlineAt, -this.deps.clockSkewMs);
    const request: InferenceRequest = {
      envelope: { ...envelope, ...deadline, hops: this.open.hops },
      input,
    };
    yield* this.deps.gate.call(this.member, request, {
      signal: AbortSignal.any([this.stop.signal, this.sender.lost]),
    });
  }
}

function checkRights(member: KnownMembership): void {
  if (member.mayAsk) return;
  throw new MillpondError(
    'forbidden',
    `This device may offer models to ${member.poolName} and not ask for them; ask the owner for an invite that allows it`,
  );
}

function checkHops(hops: readonly string[], gatewayId: string): void {
  if (hops.includes(gatewayId)) {
    throw new MillpondError(
      'conflict',
      'The request came back to a gateway that had passed it on; leave one of the pools that point at each other',
      { reason: 'loop' },
    );
  }
  if (hops.length >= maxHops) {
    throw new MillpondError('conflict', `The request has passed ${maxHops} gateways already`, {
      reason: 'loop',
    });
  }
}
