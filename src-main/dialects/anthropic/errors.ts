import type { ErrorCode, MillpondError } from '../../core/error.ts';

export interface AnthropicErrorBody {
  readonly type: 'error';
  readonly error: { readonly type: string; readonly message: string };
  readonly request_id: string;
}

const types: Readonly<Record<ErrorCode, string>> = {
  'invalid-request': 'invalid_request_error',
  'unsupported-capability': 'invalid_request_error',
  'context-overflow': 'invalid_request_error',
  unauthenticated: 'authentication_error',
  forbidden: 'permission_error',
  'model-not-found': 'not_found_error',
  'not-found': 'not_found_error',
  conflict: 'conflict_error',
  'method-not-allowed': 'invalid_request_error',
  'too-large': 'request_too_large',
  'rate-limited': 'rate_limit_error',
  overloaded: 'overloaded_error',
  unavailable: 'api_error',
  'engine-crashed': 'api_error',
  'model-load-failed': 'api_error',
  'out-of-memory': 'overloaded_error',
  'storage-full': 'api_error',
  timeout: 'timeout_error',
  cancelled: 'api_error',
  internal: 'api_error',
};

/** The one error shape of this dialect, in a response body or as a stream's error event. */
export function encodeError(error: MillpondError, requestId: string): AnthropicErrorBody {
  return {
    type: 'error',
    error: { type: types[error.code], message: messageOf(error) },
    request_id: requestId,
  };
}

/** By these words, and by nothing else, tools such as Claude Code see that they have to shorten. */
const tooLong = 'prompt is too long';

function messageOf({ code, message }: MillpondError): string {
  if (code !== 'context-overflow' || message.toLowerCase().includes(tooLong)) return message;
  return `${tooLong}: ${message}`;
}
