import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { ErrorBody } from '../../core/error.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import type {
  Assign,
  RunRequest,
  RunResponse,
  TunnelServiceClient,
} from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { Admission } from '../ports.ts';
import { BodyAssembler } from '../wire/body-assembler.ts';
import { decodeRequest } from '../wire/request-codec.ts';
import { RunSender } from '../wire/run-sender.ts';
import type { SentMessage } from '../wire/run-sender.ts';
import { isConnectionLoss } from './stream-failure.ts';

/** The live connection as a Run needs it; the next connection has another one. */
export interface RunLink {
  readonly client: TunnelServiceClient;
  readonly session: Buffer;
  readonly epoch: number;
  /** Anything came from the gateway. */
  heard(): void;
}

export interface NodeRunDeps {
  readonly clock: Clock;
  readonly assign: Assign;
  readonly maxFrameBytes: number;
  readonly keepFramesMs: number;
  readonly admit: (request: InferenceRequest) => Admission;
  /** The engine has said all that it will. */
  readonly onAnswered: () => void;
  /** The gateway has everything, or nobody wants it any more. Called once. */
  readonly onOver: () => void;
  /** The gateway broke the protocol: there is no place to go on from. */
  readonly onBroken: (failure: ErrorBody) => void;
  /** For the chaos suite, see `RunSender`. */
  readonly faults?: { readonly isRingOff?: boolean };
}

type RunStream = ClientDuplexStream<RunRequest, RunResponse>;

/**
 * One answer of this machine for a gateway, across all the streams that carry it. The engine goes on
 * while the connection is away, as far as the sender's ring and credit reach.
 */
export class NodeRun {
  readonly requestId: string;
  private readonly deps: NodeRunDeps;
  private readonly sender: RunSender;
  private stream: RunStream | undefined;
  private body: BodyAssembler | undefined;
  private isAnswering = false;
  private isOver = false;

  constructor(deps: NodeRunDeps) {
    this.deps = deps;
    this.requestId = deps.assign.requestId;
    const { clock, maxFrameBytes, keepFramesMs, faults } = deps;
    this.sender = new RunSender({ clock, maxFrameBytes, keepFramesMs, ...(faults && { faults }) });
    this.sender.lost.addEventListener('abort', () => this.leave(), { once: true });
  }

  /** Accepts: opens Run. With `infer` the answer begins at once, else the request comes on Run. */
  open(link: RunLink, infer: Extract<Admission, { ok: true }>['infer'] | undefined): void {
    const { bodyBytes } = this.deps.assign;
    if (infer === undefined) this.body = new BodyAssembler(bodyBytes);
    const stream = this.openStream(link, false);
    this.sender.attach((message) => put(stream, message));
    if (infer !== undefined) this.answer(infer);
  }

  /** The connection came back: goes on behind the last frame that the gateway has. */
  resume(link: RunLink): void {
    if (!this.isOver && this.stream === undefined) this.openStream(link, true);
  }

  /** The connection is gone. An answer that was not asked for in full is of no use to anybody. */
  cut(): void {
    const { stream } = this;
    this.stream = undefined;
    stream?.cancel();
    if (this.isAnswering) this.sender.detach();
    else this.cancel();
  }

  /** Nobody waits for it any more: stops the engine at once. */
  cancel(): void {
    this.sender.close();
  }

  private openStream(link: RunLink, isResume: boolean): RunStream {
    const stream = link.client.run();
    this.stream = stream;
    stream.on('data', ({ message }: RunResponse) => {
      if (this.stream !== stream) return;
      link.heard();
      this.received(stream, message);
    });
    stream.on('error', ({ code }: ServiceError) => this.gone(stream, code));
    stream.on('end', () => this.gone(stream, status.OK));
    const { requestId, ticket } = this.deps.assign;
    const { epoch, session } = link;
    stream.write({
      message: { $case: 'open', value: { requestId, ticket, epoch, session, isResume } },
    });
    return stream;
  }

  private received(stream: RunStream, message: RunResponse['message']): void {
    try {
      switch (message?.$case) {
        case 'credit':
          this.sender.grant(message.value);
          if (this.sender.isAcknowledged) this.leave();
          return;
        case 'resumeFrom':
          this.sender.attach((sent) => put(stream, sent));
          this.sender.resumeFrom(message.value);
          if (this.sender.isAcknowledged) this.leave();
          return;
        case 'body':
          this.assemble(this.body?.add(message.value));
          return;
        case 'cancel':
          this.cancel();
          return;
        case undefined:
      }
    } catch (error) {
      this.deps.onBroken(MillpondError.from(error).toBody());
      this.cancel();
    }
  }

  private assemble(bytes: Buffer | undefined): void {
    if (bytes === undefined || this.isAnswering) return;
    this.body = undefined;
    const admission = this.deps.admit(decodeRequest(bytes));
    if (admission.ok) this.answer(admission.infer.bind(admission));
    else this.sender.end(MillpondError.fromBody(admission.failure));
  }

  private answer(infer: Extract<Admission, { ok: true }>['infer']): void {
    this.isAnswering = true;
    const { sender } = this;
    void sender.sendAll(infer({ signal: sender.lost })).then(this.deps.onAnswered);
  }

  /** A stream ended by itself. Only a lost connection leaves a way back. */
  private gone(stream: RunStream, code: number): void {
    if (this.stream !== stream || this.isOver) return;
    if (isConnectionLoss(code)) this.cut();
    else this.cancel();
  }

  private leave(): void {
    if (this.isOver) return;
    this.isOver = true;
    const { stream } = this;
    this.stream = undefined;
    stream?.end();
    this.sender.close();
    this.deps.onOver();
  }
}

function put(stream: RunStream, message: SentMessage): void {
  stream.write({ message });
}
