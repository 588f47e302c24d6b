export interface HttpRequest {
  readonly method: string;
  /** Absolute `http:` or `https:` URL. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An iterable is read once, as it is sent. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Must be read to its end or left early; leaving frees the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * How product code speaks HTTP. The one implementation that opens sockets asks the register of
 * outgoing connections first, which is what *Local only* closes.
 */
export interface HttpClient {
  /** Rejects with `unavailable` when no connection could be made; never for a status code. */
  request(request: HttpRequest): Promise<HttpResponse>;
}
