import { errorTable } from '../../core/error.ts';
import type { ErrorCode, MillpondError, ModelLoading } from '../../core/error.ts';

export interface OpenAiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
    readonly request_id: string;
    /** The model that is being loaded, for callers who did not want to wait. */
    readonly loading?: ModelLoading;
  };
}

/** Codes that clients of this API already match on. */
const knownCodes: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'invalid_api_key',
  'context-overflow': 'context_length_exceeded',
  'rate-limited': 'rate_limit_exceeded',
};

/** The one error shape of this dialect, in a response body or as a stream's error event. */
export function encodeError(error: MillpondError, requestId: string): OpenAiErrorBody {
  return {
    error: {
      message: error.message,
      type: errorTable[error.code].openai,
      param: error.param ?? defaultParam(error.code),
      code: error.reason ?? knownCodes[error.code] ?? error.code.replaceAll('-', '_'),
      request_id: requestId,
      ...(error.loading !== undefined && { loading: error.loading }),
    },
  };
}

function defaultParam(code: ErrorCode): string | null {
  if (code === 'context-overflow') return 'messages';
  return code === 'model-not-found' ? 'model' : null;
}
