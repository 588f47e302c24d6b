import { errorTable, MillpondError } from '../../core/error.ts';
import type { ErrorBody, ErrorCode, ModelLoading } from '../../core/error.ts';
import type { Failure, ModelLoading as LoadingMessage } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { plainText } from './plain-text.ts';

const maxMessageLength = 2_000;
const maxNameLength = 200;
/** A pause that somebody may ask for; longer ones are cut to it. */
const longestRetryMs = 24 * 3_600_000;

/** A failure as it crosses the link. Its cause stays here. */
export function encodeFailure(failure: ErrorBody | MillpondError): Failure {
  return {
    code: failure.code,
    message: plainText(failure.message, maxMessageLength),
    param: plainText(failure.param ?? '', maxNameLength),
    reason: plainText(failure.reason ?? '', maxNameLength),
    retryAfterMs: Math.min(longestRetryMs, Math.max(0, Math.ceil(failure.retryAfterMs ?? 0))),
    loading: failure.loading && encodeLoading(failure.loading),
  };
}

/** A failure that the other side told. A code that this build does not know becomes `internal`. */
export function decodeFailure(failure: Failure | undefined): MillpondError {
  const message = plainText(failure?.message ?? '', maxMessageLength);
  return new MillpondError(
    knownCode(failure?.code ?? ''),
    message === '' ? 'The other machine failed without saying why' : message,
    {
      ...(failure?.param && { param: plainText(failure.param, maxNameLength) }),
      ...(failure?.reason && { reason: plainText(failure.reason, maxNameLength) }),
      ...(failure?.retryAfterMs && {
        retryAfterMs: Math.min(longestRetryMs, failure.retryAfterMs),
      }),
      ...(failure?.loading && { loading: decodeLoading(failure.loading) }),
    },
  );
}

function encodeLoading({ node, percent }: ModelLoading): LoadingMessage {
  return { node: plainText(node, maxNameLength), percent: asPercent(percent) };
}

function decodeLoading({ node, percent }: LoadingMessage): ModelLoading {
  return { node: plainText(node, maxNameLength), phase: 'loading', percent: asPercent(percent) };
}

function asPercent(value: number): number {
  return Math.min(100, Math.max(0, Math.round(value)));
}

function knownCode(code: string): ErrorCode {
  return Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'internal';
}
