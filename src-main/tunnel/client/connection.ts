import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type {
  Challenge,
  ControlRequest,
  ControlResponse,
  Ready,
  Timing,
  TunnelServiceClient,
} from '../gen/millpond/tunnel/v1/tunnel.ts';
import { signWith } from '../identity/identity.ts';
import type { MembershipGrant } from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';
import {
  clampTiming,
  features,
  nonceBytes,
  oldestProtocolVersion,
  protocolError,
  protocolVersion,
  signedPayload,
} from '../wire/protocol.ts';
import { readMembership, readRefusal } from './membership-codec.ts';
import { SilenceWatch } from './silence-watch.ts';
import { connectionLost, streamFailure } from './stream-failure.ts';
import type { VerifiedGateway } from './verify-gateway.ts';

/** From the opened channel to `Ready`. */
const shakeHandsWithinMs = 10_000;
/** A gateway that does not say goodbye is left alone. */
const leaveWithinMs = 1_000;

type ControlMessage = NonNullable<ControlResponse['message']>;
/** What a gateway says once both know each other. */
export type GatewayMessage = Exclude<
  ControlMessage,
  { $case: 'challenge' | 'refusal' | 'heartbeat' | 'ready' }
>;

export interface ConnectionDeps {
  /** Of this connection only: closed with it. */
  readonly client: TunnelServiceClient;
  readonly gateway: VerifiedGateway;
  readonly clock: Clock;
  readonly membershipId: string;
  readonly epoch: number;
  readonly privateKey: string;
  /** Requests whose frames are held from before a cut. */
  readonly resumable: readonly string[];
  /** The machine's load, for heartbeats. */
  readonly loadJson: () => Buffer;
  /** The handshake is over; called again when the gateway changed something of the membership. */
  readonly onReady: (welcome: Welcome) => void;
  /** In order, and never before `onReady`. */
  readonly onMessage: (message: GatewayMessage) => void;
}

/** What a gateway tells at the end of the handshake. */
export interface Welcome {
  readonly session: Buffer;
  readonly timing: Timing;
  readonly grant: MembershipGrant;
  readonly gatewayId: string;
}

/**
 * One connection to a gateway with its Control stream: proves who this machine is, answers
 * heartbeats, and notices silence. It ends once and is never used again.
 */
export class Connection {
  /** Resolves with the reason when it is over, whoever ended it. A `TunnelRefusal` is final. */
  readonly ended: Promise<Error>;
  private readonly deps: ConnectionDeps;
  private readonly stream: ClientDuplexStream<ControlRequest, ControlResponse>;
  private readonly resolveEnded: (reason: Error) => void;
  private phase: 'greeting' | 'proving' | 'ready' | 'leaving' | 'ended' = 'greeting';
  private silence: SilenceWatch | undefined;
  private sequence = 0;
  private acknowledged = 0;
  private helloAt = 0;
  private roundTrip: number | undefined;
  private cancelDeadline: () => void;

  constructor(deps: ConnectionDeps) {
    this.deps = deps;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    this.resolveEnded = resolve;
    this.stream = deps.client.control();
    this.stream.on('data', ({ message }: ControlResponse) => this.received(message));
    this.stream.on('error', (error: ServiceError) => {
      this.close(streamFailure(error, deps.gateway.address));
    });
    this.stream.on('end', () => this.close(connectionLost(deps.gateway.address)));
    this.cancelDeadline = deps.clock.after(shakeHandsWithinMs, () => this.close(this.tooSlow()));
  }

  get address(): string {
    return this.deps.gateway.address;
  }

  get client(): TunnelServiceClient {
    return this.deps.client;
  }

  get epoch(): number {
    return this.deps.epoch;
  }

  /** Milliseconds that the gateway took to answer the hello. */
  get roundTripMs(): number | undefined {
    return this.roundTrip;
  }

  /** Does nothing once the connection is over, or about to be. */
  send(message: NonNullable<ControlRequest['message']>): void {
    if (this.phase !== 'leaving' && this.phase !== 'ended') this.stream.write({ message });
  }

  /** Something came on another stream of this connection. */
  heard(): void {
    this.silence?.heard();
  }

  /** Whether answers are under way, so that silence is noticed sooner. */
  setLive(isLive: boolean): void {
    this.silence?.setLive(isLive);
  }

  /** Tells the gateway how busy the machine is, also unasked. */
  sendHeartbeat(): void {
    this.sequence += 1;
    const { clock, loadJson } = this.deps;
    this.send({
      $case: 'heartbeat',
      value: {
        sequence: this.sequence,
        acknowledged: this.acknowledged,
        loadJson: loadJson(),
        sentAt: clock.now(),
      },
    });
  }

  /** Says goodbye: what was sent before still arrives. */
  leave(): void {
    const goodbye = connectionLost(this.address);
    if (this.phase !== 'ready') {
      this.close(goodbye);
      return;
    }
    this.phase = 'leaving';
    this.stream.end();
    this.cancelDeadline = this.deps.clock.after(leaveWithinMs, () => this.close(goodbye));
  }

  close(reason: Error): void {
    if (this.phase === 'ended') return;
    this.phase = 'ended';
    this.cancelDeadline();
    this.silence?.stop();
    this.stream.cancel();
    this.deps.client.close();
    this.resolveEnded(reason);
  }

  private received(message: ControlResponse['message']): void {
    if (this.phase === 'leaving' || this.phase === 'ended') return;
    this.silence?.heard();
    try {
      this.handle(message);
    } catch (error) {
      this.close(error instanceof Error ? error : protocolError('a message', error));
    }
  }

  /** A message of a newer version arrives as undefined and is passed over. */
  private handle(message: ControlResponse['message']): void {
    if (message === undefined) return;
    switch (message.$case) {
      case 'refusal':
        throw readRefusal(message.value);
      case 'challenge':
        this.prove(message.value);
        return;
      case 'heartbeat':
        this.acknowledged = message.value.sequence;
        this.sendHeartbeat();
        return;
      case 'ready':
        this.beReady(message.value);
        return;
      default:
        if (this.phase !== 'ready') {
          throw protocolError(`${message.$case} before the handshake was over`);
        }
        this.deps.onMessage(message);
    }
  }

  private prove({ nonce, ...theirs }: Challenge): void {
    if (this.phase !== 'greeting') throw protocolError('a second challenge');
    checkVersions(theirs.protocolVersion, theirs.oldestProtocolVersion);
    if (nonce.byteLength < nonceBytes) throw protocolError('a challenge that is too short');
    this.phase = 'proving';
    const { clock, membershipId, epoch, gateway, privateKey, resumable } = this.deps;
    const payload = signedPayload({ dialled: gateway.dialled, membershipId, epoch, nonce });
    this.helloAt = clock.monotonic();
    this.send({
      $case: 'hello',
      value: {
        membershipId,
        epoch,
        signature: Buffer.from(signWith(privateKey, payload)),
        protocolVersion,
        features: [...features],
        deviceTime: clock.now(),
        resumable: [...resumable],
      },
    });
  }

  private beReady(ready: Ready): void {
    if (this.phase === 'greeting') throw protocolError('ready before a challenge');
    const welcome = readWelcome(ready);
    const { clock, gateway, membershipId, onReady } = this.deps;
    if (welcome.grant.membershipId !== membershipId) {
      throw protocolError('the membership of somebody else');
    }
    if (this.phase === 'proving') {
      this.phase = 'ready';
      this.roundTrip = clock.monotonic() - this.helloAt;
      this.cancelDeadline();
      const onSilent = (): void => this.close(connectionLost(gateway.address));
      this.silence = new SilenceWatch({ clock, timing: welcome.timing, onSilent });
    }
    onReady(welcome);
  }

  private tooSlow(): MillpondError {
    const sentence = `${this.deps.gateway.address} did not finish the handshake in time; it is dialled again by itself`;
    return new MillpondError('unavailable', sentence, { reason: 'timeout' });
  }
}

/** Throws a `protocol` error when it lacks what everything else stands on. */
function readWelcome({ session, timing, membership, gatewayId }: Ready): Welcome {
  if (membership === undefined || session.byteLength === 0) {
    throw protocolError('ready without a membership or a session');
  }
  return { session, timing: clampTiming(timing), grant: readMembership(membership), gatewayId };
}

function checkVersions(theirs: number, theirOldest: number): void {
  if (theirOldest > protocolVersion) {
    throw new TunnelRefusal(
      'version-too-old',
      `This Millpond speaks version ${protocolVersion} of the pool's link and the gateway needs ${theirOldest} or newer; update Millpond here`,
    );
  }
  if (theirs < oldestProtocolVersion) {
    throw new TunnelRefusal(
      'version-too-new',
      `This Millpond needs version ${oldestProtocolVersion} of the pool's link and the gateway only speaks ${theirs}; ask the pool's owner to update the gateway`,
    );
  }
}
