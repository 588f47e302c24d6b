import { randomBytes } from 'node:crypto';
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { Logger } from '../../platform/logger.ts';
import type {
  EnrolRequest,
  EnrolResponse,
  KnockRequest,
  KnockResponse,
  Refusal,
} from '../gen/millpond/tunnel/v1/tunnel.ts';
import { compareWords } from '../identity/compare-words.ts';
import type { Knock, TunnelGate } from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';
import { plainText } from '../wire/plain-text.ts';
import { publicKeyBytes, secretBytes } from '../wire/protocol.ts';
import { AddressLimit } from './address-limit.ts';
import { checkVersion } from './check-version.ts';
import type { TunnelCounters } from './counters.ts';
import { failStream, grpcFailure } from './end-stream.ts';
import { toMembershipMessage } from './membership-message.ts';

export interface JoiningDeps {
  readonly gate: TunnelGate;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: TunnelCounters;
  /** The first one is the SPKI hash of the gateway's own CA: the words are made from it. */
  readonly ownNames: () => readonly string[];
}

export type EnrolCall = ServerUnaryCall<EnrolRequest, EnrolResponse>;
export type KnockStream = ServerWritableStream<KnockRequest, KnockResponse>;

const knocksPerMinute = 5;
const maxPendingKnocks = 20;
/** Wrong invites of one address: enough for typing errors, far too few for guessing. */
const wrongInvitesPerMinute = 20;
const maxInviteLength = 200;
const maxNameLength = 80;

/** The two ways in for a device that is not known yet. */
export class Joining {
  private readonly deps: JoiningDeps;
  private readonly wrongInvites: AddressLimit;
  private readonly knocks: AddressLimit;
  private readonly waiting = new Set<AbortController>();

  constructor(deps: JoiningDeps) {
    this.deps = deps;
    this.wrongInvites = new AddressLimit(deps.clock, wrongInvitesPerMinute);
    this.knocks = new AddressLimit(deps.clock, knocksPerMinute);
  }

  /** Devices that wait for the owner's yes. */
  get pendingKnocks(): number {
    return this.waiting.size;
  }

  enrol(call: EnrolCall, callback: sendUnaryData<EnrolResponse>): void {
    this.swapInvite(call.request, hostOf(call.getPeer())).then(
      (response) => callback(null, response),
      (error: unknown) => callback(grpcFailure(this.report(error))),
    );
  }

  knock(stream: KnockStream): void {
    const address = hostOf(stream.getPeer());
    if (this.knocks.isReached(address) || this.waiting.size >= maxPendingKnocks) {
      failStream(stream, tooMany('Too many devices ask to join'));
      return;
    }
    this.knocks.count(address);
    const stop = new AbortController();
    this.waiting.add(stop);
    stream.on('cancelled', () => stop.abort());
    void this.askOwner(stream, address, stop.signal)
      .catch((error: unknown) => {
        failStream(stream, this.report(stop.signal.aborted ? stopped(error) : error));
      })
      .finally(() => this.waiting.delete(stop));
  }

  /** Ends everything that waits for an owner. */
  close(): void {
    for (const stop of this.waiting) stop.abort();
  }

  private async swapInvite(request: EnrolRequest, address: string): Promise<EnrolResponse> {
    if (this.wrongInvites.isReached(address)) throw tooMany('Too many wrong invites came');
    try {
      checkVersion(request.protocolVersion);
      const invite = request.invite.slice(0, maxInviteLength);
      const grant = await this.deps.gate.enrol({ invite, ...deviceOf(request) });
      return { outcome: { $case: 'membership', value: toMembershipMessage(grant) } };
    } catch (error) {
      if (!(error instanceof TunnelRefusal)) throw error;
      this.wrongInvites.count(address);
      return { outcome: { $case: 'refusal', value: this.refused(error, address) } };
    }
  }

  private async askOwner(stream: KnockStream, address: string, signal: AbortSignal): Promise<void> {
    const { gate, ownNames } = this.deps;
    try {
      checkVersion(stream.request.protocolVersion);
      const device = deviceOf(stream.request);
      const salt = randomBytes(secretBytes);
      const [dialled = ''] = ownNames();
      const words = await compareWords({ publicKey: device.publicKey, dialled, salt });
      signal.throwIfAborted();
      stream.write({ outcome: { $case: 'waiting', value: { salt, ...gate.greeting() } } });
      const grant = await gate.knock({ ...device, address }, words, signal);
      stream.write({ outcome: { $case: 'membership', value: toMembershipMessage(grant) } });
    } catch (error) {
      if (!(error instanceof TunnelRefusal)) throw error;
      stream.write({ outcome: { $case: 'refusal', value: this.refused(error, address) } });
    }
    stream.end();
  }

  private refused({ reason, message }: TunnelRefusal, address: string): Refusal {
    this.deps.counters.refusals += 1;
    this.deps.logger.warn({ address, reason, sentence: message }, 'device may not join');
    return { reason, message };
  }

  private report(error: unknown): MillpondError {
    const known = MillpondError.from(error);
    if (known.code === 'internal') this.deps.logger.error({ error }, 'joining failed');
    return known;
  }
}

/** A device's own words about itself, cut to what can be shown. */
function deviceOf(request: KnockRequest | EnrolRequest): Knock {
  if (request.publicKey.byteLength !== publicKeyBytes) {
    throw new MillpondError(
      'invalid-request',
      'The device sent no usable key; update Millpond on it',
    );
  }
  return {
    publicKey: request.publicKey,
    deviceName: plainText(request.deviceName, maxNameLength),
    personName: plainText(request.personName, maxNameLength),
  };
}

function tooMany(what: string): MillpondError {
  return new MillpondError('rate-limited', `${what} from this address; try again in a minute`);
}

function stopped(cause: unknown): MillpondError {
  return new MillpondError('unavailable', 'The gateway stopped; ask again in a moment', { cause });
}

/** The host of a peer, without its port: a device dials from a new port each time. */
function hostOf(peer: string): string {
  return peer.replace(/:\d+$/, '');
}
