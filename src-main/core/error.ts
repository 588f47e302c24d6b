/**
 * Whether repeating a failed request can help: `no` (the caller must change it), `later` (same
 * place, after a pause), `elsewhere` (another upstream may succeed at once).
 */
export type RetryClass = 'no' | 'later' | 'elsewhere';

interface ErrorRow {
  readonly http: number;
  /** Name of the gRPC status code. */
  readonly grpc: string;
  /** The `type` of an OpenAI error body. */
  readonly openai: string;
  readonly retry: RetryClass;
}

/** The one table: what each failure means on every surface. */
export const errorTable = {
  'invalid-request': row(400, 'INVALID_ARGUMENT', 'invalid_request_error', 'no'),
  'unsupported-capability': row(400, 'FAILED_PRECONDITION', 'invalid_request_error', 'elsewhere'),
  'context-overflow': row(400, 'OUT_OF_RANGE', 'invalid_request_error', 'elsewhere'),
  unauthenticated: row(401, 'UNAUTHENTICATED', 'authentication_error', 'no'),
  forbidden: row(403, 'PERMISSION_DENIED', 'permission_error', 'no'),
  'model-not-found': row(404, 'NOT_FOUND', 'not_found_error', 'elsewhere'),
  'not-found': row(404, 'NOT_FOUND', 'not_found_error', 'no'),
  conflict: row(409, 'ABORTED', 'invalid_request_error', 'no'),
  'method-not-allowed': row(405, 'UNIMPLEMENTED', 'invalid_request_error', 'no'),
  'too-large': row(413, 'RESOURCE_EXHAUSTED', 'invalid_request_error', 'no'),
  'rate-limited': row(429, 'RESOURCE_EXHAUSTED', 'rate_limit_error', 'later'),
  overloaded: row(503, 'UNAVAILABLE', 'overloaded_error', 'elsewhere'),
  unavailable: row(503, 'UNAVAILABLE', 'service_unavailable_error', 'elsewhere'),
  'engine-crashed': row(503, 'UNAVAILABLE', 'service_unavailable_error', 'elsewhere'),
  'model-load-failed': row(503, 'UNAVAILABLE', 'service_unavailable_error', 'elsewhere'),
  'out-of-memory': row(503, 'RESOURCE_EXHAUSTED', 'service_unavailable_error', 'elsewhere'),
  'storage-full': row(507, 'RESOURCE_EXHAUSTED', 'server_error', 'no'),
  timeout: row(504, 'DEADLINE_EXCEEDED', 'timeout_error', 'elsewhere'),
  cancelled: row(499, 'CANCELLED', 'cancelled', 'no'),
  internal: row(500, 'INTERNAL', 'server_error', 'no'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export interface ErrorDetails {
  readonly cause?: unknown;
  /** The request field that is wrong, as the caller spelled it. */
  readonly param?: string;
  /** A dialect's own finer code, such as `context_length_exceeded`. */
  readonly reason?: string;
  /** When trying again makes sense; becomes `Retry-After`. */
  readonly retryAfterMs?: number;
  /** The model that the caller did not want to wait for. */
  readonly loading?: ModelLoading;
  /** Sent along by HTTP, such as what a caller may still use; stays in this process otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A load under way, as a refused caller is told of it. */
export interface ModelLoading {
  readonly node: string;
  readonly phase: 'loading';
  /** From 0 to 100. */
  readonly percent: number;
}

/** How an error crosses a process or the network. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly param?: string;
  readonly reason?: string;
  readonly retryAfterMs?: number;
  readonly loading?: ModelLoading;
}

/** A failure a person or program can act on: a code from the table and one sentence that says what to do. */
export class MillpondError extends Error {
  override readonly name = 'MillpondError';
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly loading: ModelLoading | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.param = details.param;
    this.reason = details.reason;
    this.retryAfterMs = details.retryAfterMs;
    this.loading = details.loading;
    this.headers = details.headers;
  }

  /** Normalises anything thrown. Foreign errors keep their cause but lose their text, which may hold secrets. */
  static from(thrown: unknown, fallback: ErrorCode = 'internal'): MillpondError {
    if (thrown instanceof MillpondError) return thrown;
    if (
      thrown instanceof Error &&
      (thrown.name === 'AbortError' || thrown.name === 'TimeoutError')
    ) {
      const code = thrown.name === 'TimeoutError' ? 'timeout' : 'cancelled';
      return new MillpondError(code, code === 'timeout' ? 'It took too long' : 'Cancelled', {
        cause: thrown,
      });
    }
    return new MillpondError(
      fallback,
      'Something went wrong inside Millpond; the log has the details',
      {
        cause: thrown,
      },
    );
  }

  static fromBody(body: ErrorBody): MillpondError {
    const { code, message, ...details } = body;
    return new MillpondError(Object.hasOwn(errorTable, code) ? code : 'internal', message, details);
  }

  get httpStatus(): number {
    return errorTable[this.code].http;
  }

  get retry(): RetryClass {
    return errorTable[this.code].retry;
  }

  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      ...(this.param !== undefined && { param: this.param }),
      ...(this.reason !== undefined && { reason: this.reason }),
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      ...(this.loading !== undefined && { loading: this.loading }),
    };
  }
}

function row(http: number, grpc: string, openai: string, retry: RetryClass): ErrorRow {
  return { http, grpc, openai, retry };
}

/** For exhaustive switches: compiles only when every case was handled. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
