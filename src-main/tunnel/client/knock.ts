import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { AsyncQueue } from '../../core/async/async-queue.ts';
import type { KnockResponse } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { compareWords } from '../identity/compare-words.ts';
import type { GatewayAddress, MembershipGrant } from '../ports.ts';
import { plainText } from '../wire/plain-text.ts';
import { protocolError, protocolVersion } from '../wire/protocol.ts';
import { dial } from './dial.ts';
import { joinFailure, readMembership, readRefusal } from './membership-codec.ts';
import { openChannel } from './open-channel.ts';
import { streamFailure } from './stream-failure.ts';
import type { VerifiedGateway, WayOut } from './verify-gateway.ts';

const longestName = 100;
/** Waiting, then yes or no: more than these is no gateway of ours. */
const mostResponses = 8;

export interface KnockOptions extends WayOut {
  /** `host:port` of a gateway of this network, as it announces itself. */
  readonly candidates: readonly string[];
  readonly publicKey: Uint8Array;
  readonly deviceName: string;
  readonly personName: string;
  readonly signal: AbortSignal;
}

export type KnockState =
  /** The owner has been asked; both screens show the words, and only equal ones mean that nobody listens. */
  | {
      readonly phase: 'waiting';
      readonly poolName: string;
      readonly ownerName: string;
      readonly words: readonly string[];
    }
  /** The owner said yes. `gateway` pins whoever answered, which the words have proved. */
  | {
      readonly phase: 'joined';
      readonly grant: MembershipGrant;
      readonly gateway: GatewayAddress;
    };

/**
 * Asks a gateway that nothing is known of yet to be let in. Ends after `joined`; leaving the loop or
 * aborting withdraws the question. Throws like `enrol`; a no of the owner is `forbidden` with `declined`.
 */
export async function* knock(options: KnockOptions): AsyncGenerator<KnockState, void, undefined> {
  try {
    yield* askOwner(await dial(options.candidates, { kind: 'first-sight' }, options), options);
  } catch (error) {
    throw joinFailure(error);
  }
}

async function* askOwner(
  gateway: VerifiedGateway,
  options: KnockOptions,
): AsyncGenerator<KnockState, void, undefined> {
  const { publicKey, deviceName, personName, clock, candidates, signal } = options;
  const client = openChannel(gateway);
  const stream = client.knock({
    protocolVersion,
    publicKey: Buffer.from(publicKey),
    deviceName,
    personName,
    deviceTime: clock.now(),
  });
  try {
    for await (const { outcome } of responsesOf(stream, gateway, signal)) {
      if (outcome?.$case === 'refusal') throw readRefusal(outcome.value);
      if (outcome?.$case === 'membership') {
        yield joined(readMembership(outcome.value), gateway, candidates);
        return;
      }
      if (outcome?.$case !== 'waiting') continue;
      const { poolName, ownerName, salt } = outcome.value;
      yield {
        phase: 'waiting',
        poolName: plainText(poolName, longestName),
        ownerName: plainText(ownerName, longestName),
        words: await compareWords({ publicKey, dialled: gateway.dialled, salt }),
      };
    }
    throw protocolError('a question to join that was never answered');
  } finally {
    stream.cancel();
    client.close();
  }
}

/** The address that answered comes first; the pin holds for all of them. */
function joined(
  grant: MembershipGrant,
  { address, dialled }: VerifiedGateway,
  candidates: readonly string[],
): KnockState {
  const others = candidates.filter((candidate) => candidate !== address);
  const trust = { kind: 'pin', spki: dialled } as const;
  return { phase: 'joined', grant, gateway: { candidates: [address, ...others], trust } };
}

function responsesOf(
  stream: ClientReadableStream<KnockResponse>,
  gateway: VerifiedGateway,
  signal: AbortSignal,
): AsyncIterable<KnockResponse> {
  const queue = new AsyncQueue<KnockResponse>(mostResponses, { signal });
  let received = 0;
  stream.on('data', (response: KnockResponse) => {
    received += 1;
    if (received <= mostResponses) queue.offer(response);
    else queue.end(protocolError('more answers than there are questions'));
  });
  stream.on('error', (error: ServiceError) => queue.end(streamFailure(error, gateway.address)));
  stream.on('end', () => queue.end());
  return queue;
}
