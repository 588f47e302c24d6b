import { once } from 'node:events';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { MillpondError } from '../../core/error.ts';
import type {
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
} from '../../core/inference.ts';
import type {
  CallRequest,
  CallResponse,
  TunnelServiceClient,
} from '../gen/millpond/tunnel/v1/tunnel.ts';
import { encodeRequest } from '../wire/request-codec.ts';
import { RunReceiver } from '../wire/run-receiver.ts';
import { connectionLost, streamFailure } from './stream-failure.ts';

/** The live connection as a Call needs it. */
export interface CallLink {
  readonly client: TunnelServiceClient;
  readonly session: Buffer;
  heard(): void;
}

type CallStream = ClientDuplexStream<CallRequest, CallResponse>;

/**
 * Asks a joined pool: one Call stream for each request, for which the pool's gateway charges the
 * member. Without a connection it says so at once, so that somebody else can answer.
 */
export class PoolCalls implements InferenceBackend {
  private readonly deps: {
    /** This app's own gateway, which must not be asked by what it asks. */
    readonly gatewayId: string;
    readonly poolName: () => string;
  };
  private link: CallLink | undefined;

  constructor(deps: PoolCalls['deps']) {
    this.deps = deps;
  }

  connected(link: CallLink): void {
    this.link = link;
  }

  /** What is under way fails by its stream. */
  disconnected(): void {
    this.link = undefined;
  }

  async *infer(
    request: InferenceRequest,
    { signal }: InferOptions,
  ): AsyncGenerator<InferenceChunk, void, undefined> {
    if (signal.aborted) throw MillpondError.from(signal.reason, 'cancelled');
    const { link } = this;
    if (link === undefined) throw this.offline();
    const stream = link.client.call();
    const receiver = new RunReceiver({
      grant: (credit) => stream.write({ message: { $case: 'credit', value: credit } }),
    });
    const leave = (): void => receiver.abort(MillpondError.from(signal.reason, 'cancelled'));
    signal.addEventListener('abort', leave, { once: true });
    this.listen(stream, receiver, link);
    void this.ask(stream, request, link.session).catch((error: unknown) => {
      receiver.fail(MillpondError.from(error));
    });
    try {
      yield* receiver;
    } finally {
      signal.removeEventListener('abort', leave);
      hangUp(stream, request.envelope.requestId);
    }
  }

  private listen(stream: CallStream, receiver: RunReceiver, link: CallLink): void {
    const name = this.deps.poolName();
    stream.on('data', ({ message }: CallResponse) => {
      link.heard();
      if (message?.$case === 'frame') receiver.frame(message.value);
      else if (message?.$case === 'end') receiver.end(message.value);
    });
    stream.on('error', (error: ServiceError) => receiver.fail(streamFailure(error, name)));
    stream.on('end', () => receiver.fail(connectionLost(name)));
  }

  private async ask(stream: CallStream, request: InferenceRequest, session: Buffer): Promise<void> {
    const { inline, parts, bytes } = encodeRequest(request);
    const { requestId } = request.envelope;
    const hops = this.hopsOf(request);
    const open = { requestId, session, body: inline, bodyBytes: bytes, hops };
    stream.write({ message: { $case: 'open', value: open } });
    for (const [index, data] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const hasRoom = stream.write({ message: { $case: 'body', value: { data, isLast } } });
      if (!hasRoom && !isLast) await once(stream, 'drain');
    }
  }

  private hopsOf({ envelope }: InferenceRequest): string[] {
    const hops = envelope.hops ?? [];
    const { gatewayId } = this.deps;
    return hops.includes(gatewayId) ? [...hops] : [...hops, gatewayId];
  }

  private offline(): MillpondError {
    return new MillpondError(
      'unavailable',
      `${this.deps.poolName()} is not connected right now; it is dialled again by itself`,
      { reason: 'pool-offline' },
    );
  }
}

/** Nobody waits any more: stops the engine behind the gateway, unless the answer was complete. */
function hangUp(stream: CallStream, requestId: string): void {
  stream.write({ message: { $case: 'cancel', value: { requestId } } });
  stream.end();
}
