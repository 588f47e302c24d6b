import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { readBodyText } from '../../core/http-body.ts';
import type { HttpClient, HttpResponse } from '../../core/http.ts';
import {
  errorOfAnswer,
  hubUnreachable,
  notAHub,
  translateFailure,
  type HubQuestion,
} from './hub-errors.ts';
import { originOf } from './hub-endpoint.ts';
import type { HubToken } from './hub-token.ts';

/** Whom a request goes to, and with which token. */
export interface HubConnection {
  readonly endpoint: string;
  readonly token?: HubToken;
}

export interface HubGet {
  /** Behind the endpoint, starting with a slash. */
  readonly path: string;
  readonly maxBytes: number;
  readonly etag?: string;
  /** What the request is about, for the sentence when it fails. */
  readonly about?: Pick<HubQuestion, 'repo' | 'revision' | 'path'>;
  readonly signal: AbortSignal;
}

export interface HubAnswer {
  /** Undefined: not modified since the answer with that ETag. */
  readonly body: string | undefined;
  readonly etag?: string;
  /** The opaque cursor of the next page. */
  readonly cursor?: string;
}

interface HubRequestsDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** What an answer may take from the first byte of its request to its last, a second try included. */
const timeLimitMs = 20_000;
const retryPauseMs = 500;
const maxRedirects = 5;
const discardedBytes = 64 * 1024;

/** Asks a hub: bounded in size and time, tried twice, and the token goes to the hub's own origin only. */
export class HubRequests {
  private readonly deps: HubRequestsDeps;

  constructor(deps: HubRequestsDeps) {
    this.deps = deps;
  }

  /** A small text answer. Rejects as `hub-errors.ts` says. */
  async get(connection: HubConnection, request: HubGet): Promise<HubAnswer> {
    using limit = timeLimit(this.deps.clock, timeLimitMs);
    const signal = AbortSignal.any([request.signal, limit.signal]);
    try {
      return await this.getTwice(connection, { ...request, signal });
    } catch (error) {
      request.signal.throwIfAborted();
      if (limit.signal.aborted) throw hubUnreachable(connection.endpoint, error);
      throw error;
    }
  }

  /**
   * Opens an answer of any size, following redirects by hand: another origin never sees the token.
   * A status is returned, not thrown; a failed connection is for the caller to translate.
   */
  async open(
    connection: HubConnection,
    path: string,
    options: {
      readonly headers: Readonly<Record<string, string>>;
      readonly signal: AbortSignal;
    },
  ): Promise<HttpResponse> {
    let url = `${connection.endpoint}${path}`;
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const headers = { ...options.headers, ...tokenHeader(connection, url) };
      const response = await this.deps.http.request({
        method: 'GET',
        url,
        headers,
        signal: options.signal,
      });
      const next = redirectOf(response, url);
      if (next === undefined) return response;
      await discard(response);
      url = next;
    }
    throw hubUnreachable(connection.endpoint, { redirects: maxRedirects });
  }

  private async getTwice(connection: HubConnection, request: HubGet): Promise<HubAnswer> {
    try {
      return await this.getOnce(connection, request);
    } catch (error) {
      const failure = translateFailure(error, connection.endpoint);
      if (failure.reason !== 'hub-unreachable') throw failure;
      await this.deps.clock.sleep(retryPauseMs, request.signal);
      return await this.getOnce(connection, request);
    }
  }

  private async getOnce(connection: HubConnection, request: HubGet): Promise<HubAnswer> {
    const { path, etag, signal } = request;
    const headers = {
      accept: 'application/json, text/plain;q=0.9, */*;q=0.1',
      ...(etag !== undefined && { 'if-none-match': etag }),
    };
    try {
      const response = await this.open(connection, path, { headers, signal });
      return await readAnswer(connection, request, response);
    } catch (error) {
      signal.throwIfAborted();
      throw translateFailure(error, connection.endpoint);
    }
  }
}

/** The header that a URL may see: none outside the connection's own origin. */
export function tokenHeader(
  connection: HubConnection,
  url: string,
): Readonly<Record<string, string>> {
  if (connection.token === undefined || originOf(url) !== originOf(connection.endpoint)) return {};
  return { authorization: `Bearer ${connection.token.value}` };
}

/** What a failure of this connection is about. */
export function questionOf(connection: HubConnection, about: HubGet['about'] = {}): HubQuestion {
  const { endpoint, token } = connection;
  return { endpoint, ...(token !== undefined && { tokenFrom: token.from }), ...about };
}

/** Frees the connection of an answer that nobody wants; a short rest is read, so that it can be used again. */
export async function discard(response: HttpResponse): Promise<void> {
  let size = 0;
  for await (const bytes of response.body) {
    size += bytes.length;
    if (size > discardedBytes) break;
  }
}

/** One value of a header; the first where there are several. */
export function headerOf(response: HttpResponse, name: string): string | undefined {
  const value = response.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** A signal that aborts after `ms` of this clock, until it is disposed of. */
export function timeLimit(clock: Clock, ms: number): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const cancel = clock.after(ms, () => {
    controller.abort(new DOMException('The hub took too long', 'TimeoutError'));
  });
  return { signal: controller.signal, [Symbol.dispose]: cancel };
}

async function readAnswer(
  connection: HubConnection,
  request: HubGet,
  response: HttpResponse,
): Promise<HubAnswer> {
  const etag = headerOf(response, 'etag');
  if (response.status === 304) {
    await discard(response);
    return { body: undefined };
  }
  if (response.status !== 200) {
    await discard(response);
    throw errorOfAnswer(response.status, response.headers, questionOf(connection, request.about));
  }
  // The hub sends files as plain text: a page comes from whoever stands in between.
  if (headerOf(response, 'content-type')?.includes('text/html') === true) {
    await discard(response);
    throw notAHub(connection.endpoint);
  }
  const cursor = cursorOf(headerOf(response, 'link'), connection.endpoint);
  return {
    body: await readBounded(response, request),
    ...(etag !== undefined && { etag }),
    ...(cursor !== undefined && { cursor }),
  };
}

function readBounded(response: HttpResponse, { maxBytes, about }: HubGet): Promise<string> {
  const what = about?.repo ?? 'this';
  const sentence = `The hub's answer about ${what} is larger than anything Millpond expects`;
  return readBodyText(response, {
    maxBytes,
    tooLarge: () => new MillpondError('too-large', sentence),
  });
}

/** Only the cursor is taken from a `Link` header, so that a page never leads to another host. */
function cursorOf(link: string | undefined, endpoint: string): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/i.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  return URL.parse(target, endpoint)?.searchParams.get('cursor') ?? undefined;
}

function redirectOf(response: HttpResponse, url: string): string | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const target = URL.parse(headerOf(response, 'location') ?? '', url);
  // Never from TLS to an address that anybody on the way could answer for.
  const protocols = url.startsWith('https:') ? ['https:'] : ['http:', 'https:'];
  return target !== null && protocols.includes(target.protocol) ? target.href : undefined;
}
