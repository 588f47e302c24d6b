import { status } from '@grpc/grpc-js';
import { MillpondError } from '../../core/error.ts';
import type { ErrorCode } from '../../core/error.ts';
import { plainText } from '../wire/plain-text.ts';

const longestSentence = 500;

/** How a stream ended, as the gRPC library tells it; `details` may be the other side's sentence. */
interface StreamStatus {
  readonly code: number;
  /** Absent when the stream failed on this side. */
  readonly details?: string;
}

/** Statuses of streams whose connection went away. */
const connectionLosses: readonly number[] = [status.UNAVAILABLE, status.INTERNAL, status.UNKNOWN];
/** The server speaks gRPC and knows no tunnel. */
const notThere: number = status.UNIMPLEMENTED;

/** Statuses that a gateway sends on purpose, with a sentence of its own. */
const said: Readonly<Partial<Record<number, ErrorCode>>> = {
  [status.INVALID_ARGUMENT]: 'invalid-request',
  [status.FAILED_PRECONDITION]: 'unsupported-capability',
  [status.PERMISSION_DENIED]: 'forbidden',
  [status.UNAUTHENTICATED]: 'forbidden',
  [status.NOT_FOUND]: 'not-found',
  [status.ABORTED]: 'conflict',
  [status.RESOURCE_EXHAUSTED]: 'overloaded',
  [status.DEADLINE_EXCEEDED]: 'timeout',
};

/** Whether a stream ended because its connection did, so that it may go on over another one. */
export function isConnectionLoss(code: number): boolean {
  return connectionLosses.includes(code);
}

/** One sentence for a stream that ended before its end. */
export function streamFailure({ code, details }: StreamStatus, gatewayName: string): MillpondError {
  const sentence = plainText(details ?? '', longestSentence);
  const known = said[code];
  if (known !== undefined && sentence !== '') return new MillpondError(known, sentence);
  if (code === notThere) {
    return new MillpondError(
      'unavailable',
      `${gatewayName} answers but is no Millpond gateway, or a much older one; check its address`,
      { reason: 'not-a-gateway' },
    );
  }
  return connectionLost(gatewayName);
}

/** The connection broke off; what was under way there may go on elsewhere. */
export function connectionLost(gatewayName: string): MillpondError {
  return new MillpondError(
    'unavailable',
    `The connection to ${gatewayName} was lost; it is dialled again by itself`,
    { reason: 'pool-lost' },
  );
}
