import { MillpondError } from '../../core/error.ts';
import type {
  EnrolRequest,
  EnrolResponse,
  TunnelServiceClient,
} from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { GatewayAddress, MembershipGrant } from '../ports.ts';
import { protocolError, protocolVersion } from '../wire/protocol.ts';
import { dial } from './dial.ts';
import { joinFailure, readMembership, readRefusal } from './membership-codec.ts';
import { openChannel } from './open-channel.ts';
import { streamFailure } from './stream-failure.ts';
import type { VerifiedGateway, WayOut } from './verify-gateway.ts';

/** A gateway that says nothing for so long is not asked any further. */
const answerWithinMs = 15_000;

export interface EnrolOptions extends WayOut {
  readonly gateway: GatewayAddress;
  /** The secret of the invite. */
  readonly invite: string;
  /** Of the new membership's own identity. */
  readonly publicKey: Uint8Array;
  readonly deviceName: string;
  readonly personName: string;
  readonly signal: AbortSignal;
}

/**
 * Swaps an invite for a membership. Rejects with `forbidden` and the reason of the refusal when the
 * gateway, or this side about the gateway (`wrong-gateway`), says no for good; with `unavailable` and
 * `gateway-unreachable` when nobody answers; with `forbidden` and `local-only`.
 */
export async function enrol(options: EnrolOptions): Promise<MembershipGrant> {
  const { candidates, trust } = options.gateway;
  try {
    return await swapInvite(await dial(candidates, trust, options), options);
  } catch (error) {
    throw joinFailure(error);
  }
}

async function swapInvite(
  gateway: VerifiedGateway,
  options: EnrolOptions,
): Promise<MembershipGrant> {
  const client = openChannel(gateway);
  const late = new AbortController();
  const cancelLate = options.clock.after(answerWithinMs, () => late.abort(tooSlow(gateway)));
  try {
    const signal = AbortSignal.any([options.signal, late.signal]);
    const { outcome } = await ask(client, requestOf(options), { signal, gateway });
    if (outcome?.$case === 'membership') return readMembership(outcome.value);
    if (outcome?.$case === 'refusal') throw readRefusal(outcome.value);
    throw protocolError('an answer to an invite that says neither yes nor no');
  } finally {
    cancelLate();
    client.close();
  }
}

async function ask(
  client: TunnelServiceClient,
  request: EnrolRequest,
  { signal, gateway }: { readonly signal: AbortSignal; readonly gateway: VerifiedGateway },
): Promise<EnrolResponse> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const call = client.enrol(request, (error, response) => {
      if (error === null) resolve(response);
      else if (signal.aborted) reject(MillpondError.from(signal.reason));
      else reject(streamFailure(error, gateway.address));
    });
    signal.addEventListener('abort', () => call.cancel(), { once: true });
  });
}

function requestOf(options: EnrolOptions): EnrolRequest {
  const { invite, publicKey, deviceName, personName, clock } = options;
  return {
    protocolVersion,
    invite,
    publicKey: Buffer.from(publicKey),
    deviceName,
    personName,
    deviceTime: clock.now(),
  };
}

function tooSlow({ address }: VerifiedGateway): MillpondError {
  const sentence = `${address} did not answer to the invite in time; try again later`;
  return new MillpondError('unavailable', sentence, { reason: 'gateway-unreachable' });
}
