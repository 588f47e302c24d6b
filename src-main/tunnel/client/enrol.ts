import { MillpondError } from '../../core/error.ts';
import type { EnrolResponse } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { GatewayAddress, MembershipGrant } from '../ports.ts';
import { protocolError, protocolVersion } from '../wire/protocol.ts';
import { dial } from './dial.ts';
import { readMembership, readRefusal } from './membership-codec.ts';
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
 * Swaps an invite for a membership. Rejects with a `TunnelRefusal` when the gateway, or this side
 * about the gateway, says no for good; else with what `dial` rejects with.
 */
export async function enrol(options: EnrolOptions): Promise<MembershipGrant> {
  const gateway = await dial(options.gateway.candidates, options.gateway.trust, options);
  const client = openChannel(gateway);
  const late = new AbortController();
  const cancelLate = options.clock.after(answerWithinMs, () => late.abort(tooSlow(gateway)));
  const request = {
    protocolVersion,
    invite: options.invite,
    publicKey: Buffer.from(options.publicKey),
    deviceName: options.deviceName,
    personName: options.personName,
    deviceTime: options.clock.now(),
  };
  try {
    const signal = AbortSignal.any([options.signal, late.signal]);
    const { outcome } = await new Promise<EnrolResponse>((resolve, reject) => {
      const call = client.enrol(request, (error, response) => {
        if (error === null) resolve(response);
        else
          reject(
            MillpondError.from(
              signal.aborted ? signal.reason : streamFailure(error, gateway.address),
            ),
          );
      });
      signal.addEventListener('abort', () => call.cancel(), { once: true });
    });
    if (outcome?.$case === 'membership') return readMembership(outcome.value);
    if (outcome?.$case === 'refusal') throw readRefusal(outcome.value);
    throw protocolError('an answer to an invite that says neither yes nor no');
  } finally {
    cancelLate();
    client.close();
  }
}

function tooSlow({ address }: VerifiedGateway): MillpondError {
  const sentence = `${address} did not answer to the invite in time; try again later`;
  return new MillpondError('unavailable', sentence, { reason: 'gateway-unreachable' });
}
