import { MillpondError } from '../../core/error.ts';
import type { CallRequest, Hello, RunRequest } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { KnownMembership, NodeLink } from '../ports.ts';
import { protocolError } from '../wire/protocol.ts';
import type { AssignedRun, RunStream } from './assigned-run.ts';
import { failStream } from './end-stream.ts';
import { takeFirstMessage } from './first-message.ts';
import { shakeHands } from './handshake.ts';
import type { HandshakeDeps } from './handshake.ts';
import { NodeSession } from './node-session.ts';
import type { ControlStream, SessionDeps } from './session-deps.ts';
import { ServedCall } from './served-call.ts';
import type { CallStream } from './served-call.ts';
import type { SocketBook } from './socket-book.ts';

export interface SessionsDeps extends Omit<SessionDeps, 'session'> {
  readonly ownNames: () => readonly string[];
  readonly sockets: Pick<SocketBook, 'destroy' | 'onClosed'>;
}

/** Requests that one device may ask at a time. */
const maxCallsPerDevice = 256;

/** Everybody who is connected, and the streams that belong to each. One connection for each membership. */
export class Sessions {
  private readonly deps: SessionsDeps;
  private readonly shared: HandshakeDeps;
  private readonly online = new Map<string, NodeSession>();
  private readonly calls = new Map<ServedCall, NodeSession>();
  private isClosing = false;

  constructor(deps: SessionsDeps) {
    this.deps = deps;
    this.shared = { ...deps, session: (membershipId) => this.online.get(membershipId) };
  }

  /** A device connects: it stays when it proves who it is. */
  control(stream: ControlStream): void {
    if (this.isClosing) {
      failStream(stream, stopping());
      return;
    }
    shakeHands(stream, this.shared, (hello, membership) => {
      this.welcome(stream, hello, membership);
    });
  }

  /** A machine takes a request, or comes back for one. */
  run(stream: RunStream): void {
    takeFirstMessage(stream, this.deps.clock, (first: RunRequest) => this.openRun(stream, first));
  }

  /** A member asks. */
  call(stream: CallStream): void {
    takeFirstMessage(stream, this.deps.clock, (first: CallRequest) => this.openCall(stream, first));
  }

  links(): readonly NodeLink[] {
    return [...this.online.values()];
  }

  get callCount(): number {
    return this.calls.size;
  }

  /** Takes nothing new; resolves when every machine was told and is idle, or the time for it is over. */
  async drain(reason: string): Promise<void> {
    this.isClosing = true;
    await Promise.all([...this.online.values()].map((session) => session.drain(reason)));
  }

  close(): void {
    this.isClosing = true;
    for (const session of [...this.online.values()]) session.close('the gateway stops');
    for (const run of this.deps.runs.all()) run.giveUp();
  }

  /** In force from here on: the epoch first, then the new connection instead of the old one. */
  private welcome(stream: ControlStream, hello: Hello, membership: KnownMembership): void {
    const { membershipId } = membership;
    const { gate, runs, counters, logger, sockets } = this.deps;
    gate.epochUsed(membershipId, hello.epoch);
    this.online.get(membershipId)?.close('the machine connected anew');
    const session = new NodeSession(this.shared, {
      stream,
      membership,
      hello,
      disconnect: () => sockets.destroy(session.remoteAddress),
      onDisconnected: (listener) => sockets.onClosed(session.remoteAddress, listener),
      onClosed: (closed) => this.left(closed),
    });
    this.online.set(membershipId, session);
    for (const run of runs.of(membershipId)) {
      if (!hello.resumable.includes(run.requestId)) run.giveUp();
    }
    counters.connections += 1;
    logger.info({ membershipId, epoch: hello.epoch }, 'node connected');
    session.open();
    gate.connected(session);
  }

  private left(session: NodeSession): void {
    for (const [call, asker] of this.calls) if (asker === session) call.cancel();
    if (this.online.get(session.membershipId) !== session) return;
    this.online.delete(session.membershipId);
    for (const run of this.deps.runs.of(session.membershipId)) run.cut();
  }

  private openRun(stream: RunStream, { message }: RunRequest): void {
    if (message?.$case !== 'open') throw protocolError('a Run began without opening');
    const open = message.value;
    const session = this.sessionOf(open.session);
    const isCurrent = session?.epoch === open.epoch || this.deps.isEpochCheckOff;
    const run = isCurrent ? this.findRun(session, open.requestId) : undefined;
    if (run?.hasTicket(open.ticket) !== true) {
      this.deps.counters.staleFramesDropped += 1;
      throw new MillpondError('forbidden', 'Nobody waits for this answer any more');
    }
    session?.heard();
    run.open(stream, open);
  }

  private findRun(session: NodeSession | undefined, requestId: string): AssignedRun | undefined {
    const { runs } = this.deps;
    if (session !== undefined) return runs.get(session.membershipId, requestId);
    return runs.all().find((run) => run.requestId === requestId);
  }

  private openCall(stream: CallStream, { message }: CallRequest): void {
    if (message?.$case !== 'open') throw protocolError('a Call began without opening');
    const session = this.sessionOf(message.value.session);
    if (session === undefined) {
      this.deps.counters.staleFramesDropped += 1;
      throw new MillpondError('forbidden', 'This connection was replaced by a newer one');
    }
    if (this.isClosing || !session.isOnline) {
      throw stopping();
    }
    if ([...this.calls.values()].filter((asker) => asker === session).length >= maxCallsPerDevice) {
      throw new MillpondError(
        'overloaded',
        'This device has too many requests open; wait for one to end',
      );
    }
    const call = new ServedCall(stream, message.value, session.membership, {
      ...this.deps,
      clockSkewMs: session.clockSkewMs,
      onOver: () => this.calls.delete(call),
    });
    this.calls.set(call, session);
    call.start();
  }

  /** Whose secret it is. Streams of a connection that was replaced find nobody. */
  private sessionOf(secret: Uint8Array): NodeSession | undefined {
    for (const session of this.online.values()) {
      if (session.secret.equals(secret)) return session;
    }
    return undefined;
  }
}

function stopping(): MillpondError {
  return new MillpondError('overloaded', 'The gateway is stopping; ask again in a moment', {
    reason: 'draining',
  });
}
