import { randomBytes } from 'node:crypto';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest, InferOptions } from '../../core/inference.ts';
import type { NodeAdvert, NodeCommand, NodeLoad, SlotContents } from '../../core/node.ts';
import type { Advert, ControlRequest, ControlResponse } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { KnownMembership, NodeLink, PoolNews, RefusalReason } from '../ports.ts';
import { decodeAdvert, decodeLoad, decodeSlots, encodeNews } from '../wire/advert-codec.ts';
import { decodeFailure } from '../wire/failure-codec.ts';
import { documentVersion } from '../wire/json-bytes.ts';
import { plainText } from '../wire/plain-text.ts';
import { features, protocolError, secretBytes } from '../wire/protocol.ts';
import { assignRun } from './assign-run.ts';
import { failStream } from './end-stream.ts';
import { Heartbeats } from './heartbeats.ts';
import { LinkListeners } from './link-listeners.ts';
import type { LinkEvent } from './link-listeners.ts';
import { toMembershipMessage } from './membership-message.ts';
import { MessageBudget } from './message-budget.ts';
import type { SessionDeps, SessionStart } from './session-deps.ts';
import { SentCommands } from './sent-commands.ts';

/** More than a machine sends that answers short requests as fast as it can. */
const messageRate = { perSecond: 500, burst: 2_000 };
const advertRate = { perSecond: 10, burst: 50 };
/** Messages that wait because the machine does not read them. */
const maxUnread = 4_096;
/** A machine that was told to go has this long to read why. */
const farewellMs = 1_000;

/** One connected machine: its Control stream from `Ready` to the end. */
export class NodeSession implements NodeLink {
  /** Opens Run and Call streams of this connection. */
  readonly secret: Buffer = randomBytes(secretBytes);
  readonly epoch: number;
  readonly connectedAt: number;
  readonly clockSkewMs: number;
  readonly remoteAddress: string;
  advert: NodeAdvert | undefined;
  load: NodeLoad | undefined;
  slots: readonly SlotContents[] = [];
  isDraining = false;
  private readonly deps: SessionDeps;
  private readonly start: SessionStart;
  private readonly heartbeats: Heartbeats;
  private readonly commands: SentCommands;
  private readonly messages: MessageBudget;
  private readonly adverts: MessageBudget;
  private readonly listeners: LinkListeners;
  private readonly idle = new Set<() => void>();
  private known: KnownMembership;
  private phase: 'online' | 'leaving' | 'closed' = 'online';
  private cancelFarewell: (() => void) | undefined;

  constructor(deps: SessionDeps, start: SessionStart) {
    this.deps = deps;
    this.start = start;
    this.known = start.membership;
    this.epoch = start.hello.epoch;
    this.connectedAt = deps.clock.now();
    this.clockSkewMs = start.hello.deviceTime - this.connectedAt;
    this.remoteAddress = start.stream.getPeer();
    this.listeners = new LinkListeners(deps.logger);
    this.messages = new MessageBudget(deps.clock, messageRate);
    this.adverts = new MessageBudget(deps.clock, advertRate);
    this.commands = new SentCommands((value) => this.send({ $case: 'command', value }));
    this.heartbeats = new Heartbeats({
      clock: deps.clock,
      timing: deps.timing,
      isLive: () => this.runs > 0,
      send: (value) => this.send({ $case: 'heartbeat', value }),
      onSilent: (silentMs) => this.silent(silentMs),
    });
  }

  get membershipId(): string {
    return this.known.membershipId;
  }

  get membership(): KnownMembership {
    return this.known;
  }

  get isOnline(): boolean {
    return this.phase === 'online';
  }

  get roundTripMs(): number | undefined {
    return this.heartbeats.roundTripMs;
  }

  get runs(): number {
    return this.deps.runs.countOf(this.membershipId);
  }

  /** Says `Ready` and listens from now on. */
  open(): void {
    const { stream } = this.start;
    stream.on('data', ({ message }: ControlRequest) => this.received(message));
    stream.on('end', () => this.streamEnded('the machine closed the connection'));
    stream.on('cancelled', () => this.streamEnded('the connection was lost'));
    this.start.onDisconnected(() => this.close('the connection was lost'));
    this.sayReady();
    this.heartbeats.start();
    this.heartbeats.paceChanged();
  }

  infer(request: InferenceRequest, options: InferOptions): AsyncIterable<InferenceChunk> {
    return assignRun(request, options, {
      ...this.deps,
      link: this,
      machine: this.advert?.name ?? this.known.personName,
      // A Run may outlive this connection and go on over the next one.
      send: (message) => this.current?.send(message),
      onHeard: () => this.current?.heard(),
      onRunsChanged: () => this.current?.runsChanged(),
    });
  }

  async command(command: NodeCommand, signal: AbortSignal): Promise<void> {
    if (!this.isOnline) throw this.gone();
    await this.commands.run(command, signal);
  }

  tell(news: PoolNews): void {
    this.send({ $case: 'poolNews', value: { version: documentVersion, json: encodeNews(news) } });
  }

  update(membership: KnownMembership): void {
    this.known = membership;
    this.sayReady();
    this.listeners.emit('changed');
  }

  async drain(reason: string): Promise<void> {
    if (this.phase !== 'online') return;
    this.phase = 'leaving';
    const reconnectAfterMs = this.deps.reconnectAfterDrainMs;
    this.send({ $case: 'drain', value: { reason, reconnectAfterMs } });
    this.listeners.emit('changed');
    await this.untilIdle();
    if (this.isClosed) return;
    this.farewell();
    await new Promise<void>((resolve) => this.on('closed', resolve));
  }

  refuse(reason: RefusalReason, message: string): void {
    if (this.phase === 'closed') return;
    this.phase = 'leaving';
    for (const run of this.deps.runs.of(this.membershipId)) run.giveUp();
    this.send({ $case: 'refusal', value: { reason, message } });
    this.farewell();
  }

  on(event: LinkEvent, call: () => void): () => void {
    return this.listeners.add(event, call);
  }

  /** Ends it at once, such as when the same machine connected anew. Its Runs may go on elsewhere. */
  close(reason: string): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.heartbeats.stop();
    this.cancelFarewell?.();
    this.deps.logger.info(
      { membershipId: this.membershipId, epoch: this.epoch, reason },
      'node disconnected',
    );
    this.commands.abandon(this.gone());
    for (const wake of this.idle) wake();
    this.start.stream.end();
    this.start.disconnect();
    this.start.onClosed(this);
    this.listeners.emit('closed');
  }

  /** A sign of life on another stream of this connection. */
  heard(): void {
    this.heartbeats.heard();
  }

  private get isClosed(): boolean {
    return this.phase === 'closed';
  }

  private get current(): NodeSession | undefined {
    return this.deps.session(this.membershipId);
  }

  private received(message: ControlRequest['message']): void {
    if (this.phase === 'closed') return;
    this.heartbeats.heard();
    try {
      if (!this.messages.take()) throw protocolError('too many messages at once');
      this.handle(message);
    } catch (error) {
      this.broken(MillpondError.from(error));
    }
  }

  private handle(message: ControlRequest['message']): void {
    switch (message?.$case) {
      case 'heartbeat':
        this.heartbeats.received(message.value);
        if (message.value.loadJson.byteLength > 0) this.load = decodeLoad(message.value.loadJson);
        {
          this.listeners.emit('changed');
          return;
        }
      case 'advert':
        if (!this.adverts.take()) throw protocolError('too many adverts at once');
        this.advert = readAdvert(message.value);
        {
          this.listeners.emit('changed');
          return;
        }
      case 'slots':
        this.slots = decodeSlots(message.value.json);
        {
          this.listeners.emit('slots');
          return;
        }
      case 'refuse': {
        this.refused(message.value.requestId, decodeFailure(message.value.failure));
        return;
      }
      case 'commandResult': {
        this.commands.answered(message.value);
        return;
      }
      case 'drain':
        this.isDraining = true;
        {
          this.listeners.emit('changed');
          return;
        }
      case 'errorReport': {
        this.deps.gate.errorReported(this.membershipId, {
          code: plainText(message.value.code, 100),
          message: plainText(message.value.message, 2_000),
          at: message.value.at,
        });
        return;
      }
      case 'hello':
        throw protocolError('a second hello');
      case undefined:
        // A message of a newer version: understood by nobody here, harmless to skip.
        return;
    }
  }

  private refused(requestId: string, failure: MillpondError): void {
    this.deps.runs.get(this.membershipId, requestId)?.refuse(failure);
  }

  private runsChanged(): void {
    this.heartbeats.paceChanged();
    if (this.runs === 0) for (const wake of this.idle) wake();
  }

  private silent(silentMs: number): void {
    this.deps.logger.warn(
      { membershipId: this.membershipId, silentMs: Math.round(silentMs) },
      'node is silent',
    );
    this.close('the machine was silent');
  }

  /** Garbage on Control ends this connection, and nothing but this connection. */
  private broken(error: MillpondError): void {
    this.deps.counters.protocolErrors += 1;
    this.deps.logger.warn(
      { membershipId: this.membershipId, problem: error.message },
      'node broke the protocol',
    );
    failStream(this.start.stream, error);
    this.leave();
  }

  private sayReady(): void {
    const value = {
      session: this.secret,
      timing: this.deps.timing,
      features: [...features],
      membership: toMembershipMessage(this.known),
      gatewayId: this.deps.gate.gatewayId,
    };
    this.send({ $case: 'ready', value });
  }

  private send(message: NonNullable<ControlResponse['message']>): void {
    if (this.phase === 'closed') return;
    const { stream } = this.start;
    if (stream.writableLength > maxUnread) {
      this.close('the machine does not read');
      return;
    }
    stream.write({ message });
  }

  /** gRPC also says so when we have ended it: then the machine still has to read our last words. */
  private streamEnded(reason: string): void {
    if (this.phase === 'online') this.close(reason);
  }

  /** Ends Control itself; the connection closes when the machine has read it, or soon after. */
  private farewell(): void {
    this.start.stream.end();
    this.leave();
  }

  private leave(): void {
    this.phase = this.phase === 'closed' ? 'closed' : 'leaving';
    this.cancelFarewell ??= this.deps.clock.after(farewellMs, () =>
      this.close('it was told to go'),
    );
  }

  private async untilIdle(): Promise<void> {
    if (this.runs === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.deps.clock.after(this.deps.drainWithinMs, resolve);
      this.idle.add(() => {
        cancel();
        resolve();
      });
    });
  }

  private gone(): MillpondError {
    return new MillpondError('unavailable', 'The machine is not connected any more', {
      reason: 'node-lost',
    });
  }
}

/** An empty one takes everything back: from now on the machine only asks. */
function readAdvert({ json }: Advert): NodeAdvert | undefined {
  return json.byteLength === 0 ? undefined : decodeAdvert(json);
}
