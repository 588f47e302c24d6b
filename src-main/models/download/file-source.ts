import { MillpondError } from '../../core/error.ts';
import { discardBody } from '../../core/http-body.ts';
import type { HttpClient, HttpResponse } from '../../core/http.ts';
import { errorOfAnswer } from '../hub/hub-errors.ts';
import type { HubFileAddress } from '../hub/hub-repo.ts';
import { checkAnswer, headerText, strongEtag } from './answer-check.ts';
import type { Span } from './block-map.ts';
import { FileChanged, PassingFailure } from './passing-failure.ts';
import type { FileLocation, FileLocator } from './ports.ts';

export interface SourceFile {
  readonly address: HubFileAddress;
  readonly sizeBytes: number;
  readonly sha256?: string | undefined;
}

/** A body that begins at byte `start` of the file. */
export interface OpenedRange {
  readonly start: number;
  /** The server gave everything: it knows no ranges. */
  readonly isWhole: boolean;
  /** It announced exactly what was asked for, so that its end may be awaited. */
  readonly isExact: boolean;
  readonly host: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** One address on the way to the bytes. */
interface Hop {
  readonly url: string;
  /** Empty anywhere but at the origin that the locator named. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isFirst: boolean;
}

const mostRedirects = 5;
const mostRefusals = 3;
const redirects = new Set([301, 302, 303, 307, 308]);
/** What an address whose signature has run out answers. */
const expiry = new Set([401, 403, 404, 410]);

/**
 * One file at the hub. Follows redirects itself, so that the token stays with the first host, and
 * remembers where they led until that address stops working.
 */
export class FileSource {
  private readonly http: HttpClient;
  private readonly locator: FileLocator;
  private readonly file: SourceFile;
  private direct: Hop | undefined;
  private location: FileLocation | undefined;
  private readonly etags = new Map<string, string>();
  /** Origins that gave one file two ETags: a condition would only be in the way there. */
  private readonly fickleOrigins = new Set<string>();
  /** The identity of a file without a digest. */
  private fileEtag: string | undefined;
  private refusals = 0;

  constructor(
    deps: { readonly http: HttpClient; readonly locator: FileLocator },
    file: SourceFile,
    etag?: string,
  ) {
    this.http = deps.http;
    this.locator = deps.locator;
    this.file = file;
    this.fileEtag = etag;
  }

  /** What tells this file from another at the same address; undefined where the digest does. */
  get etag(): string | undefined {
    return this.file.sha256 === undefined ? this.fileEtag : undefined;
  }

  /** The host that was asked last; undefined before. */
  get endpoint(): string | undefined {
    return this.location === undefined ? undefined : new URL(this.location.url).host;
  }

  /** The way to the bytes is found anew, at the endpoint that is in force by then. */
  forgetLocation(): void {
    this.direct = undefined;
  }

  /**
   * Rejects with `PassingFailure` where trying again may help, with `FileChanged` when the file was
   * replaced, and with one sentence for a person otherwise.
   */
  async open(span: Span, signal: AbortSignal): Promise<OpenedRange> {
    const remembered = this.direct;
    if (remembered !== undefined) {
      const opened = await this.follow(remembered, span, signal);
      if (opened !== undefined) return opened;
      if (this.direct === remembered) this.direct = undefined;
    }
    const opened = await this.follow(await this.locate(), span, signal);
    if (opened !== undefined) return opened;
    this.refusals += 1;
    const { repo, path } = this.file.address;
    const sentence = `${this.endpoint ?? 'The hub'} sends this machine to a server that refuses to give ${path} of ${repo}; try again later, or choose another address for the hub`;
    if (this.refusals >= mostRefusals) throw new MillpondError('forbidden', sentence);
    throw new PassingFailure(new MillpondError('unavailable', sentence));
  }

  private async locate(): Promise<Hop> {
    this.location = await this.locator.locate(this.file.address);
    return { url: this.location.url, headers: this.location.headers, isFirst: true };
  }

  /** Undefined when a host behind the first one does not know the address any more. */
  private async follow(
    from: Hop,
    span: Span,
    signal: AbortSignal,
  ): Promise<OpenedRange | undefined> {
    let hop = from;
    for (let count = 0; count <= mostRedirects; count += 1) {
      const response = await this.ask(hop, span, signal);
      if (redirects.has(response.status)) {
        await discardBody(response);
        this.checkLinked(response, hop);
        hop = this.nextHop(response, hop);
        continue;
      }
      if (response.status === 200 || response.status === 206) {
        this.direct = hop;
        this.refusals = 0;
        const opened = await this.accept(response, hop, span);
        // The file has another ETag now, yet a digest that will tell: asked again without condition.
        if (opened === undefined) continue;
        return opened;
      }
      await discardBody(response);
      if (!hop.isFirst && expiry.has(response.status)) return undefined;
      throw this.refusalOf(response, hop);
    }
    throw new PassingFailure(failure(`${hostOf(from)} redirects in a circle`));
  }

  private async ask(hop: Hop, { start, end }: Span, signal: AbortSignal): Promise<HttpResponse> {
    const { origin } = new URL(hop.url);
    const etag = this.fickleOrigins.has(origin) ? undefined : this.etags.get(origin);
    const headers = {
      ...hop.headers,
      range: `bytes=${start}-${end - 1}`,
      'accept-encoding': 'identity',
      ...(etag !== undefined && { 'if-range': etag }),
    };
    try {
      return await this.http.request({ method: 'GET', url: hop.url, headers, signal });
    } catch (thrown) {
      throw passing(thrown, signal);
    }
  }

  private nextHop(response: HttpResponse, from: Hop): Hop {
    const target = headerText(response.headers, 'location');
    if (target === undefined || !URL.canParse(target, from.url)) {
      throw new PassingFailure(failure(`${hostOf(from)} redirects to nowhere`));
    }
    const to = new URL(target, from.url);
    if (from.url.startsWith('https:') && to.protocol !== 'https:') {
      throw new PassingFailure(failure(`${hostOf(from)} redirects to an address without TLS`));
    }
    const { location } = this;
    const isHome = location !== undefined && new URL(location.url).origin === to.origin;
    return { url: to.href, headers: isHome ? location.headers : {}, isFirst: isHome };
  }

  /** The hub itself names size and digest of what it redirects to. */
  private checkLinked({ headers }: HttpResponse, hop: Hop): void {
    const { address, sha256, sizeBytes } = this.file;
    const digest = /^"?([0-9a-f]{64})"?$/.exec(headerText(headers, 'x-linked-etag') ?? '')?.[1];
    const size = headerText(headers, 'x-linked-size');
    const isOther = digest !== undefined && sha256 !== undefined && digest !== sha256;
    if (!isOther && (size === undefined || Number(size) === sizeBytes)) return;
    throw new MillpondError(
      'conflict',
      `${hostOf(hop)} has another ${address.path} than the hub described; open the model’s page again and download what it shows now, or choose another address for the hub`,
    );
  }

  /** Undefined when the same should be asked without a condition. */
  private async accept(
    response: HttpResponse,
    hop: Hop,
    span: Span,
  ): Promise<OpenedRange | undefined> {
    const { origin, host } = new URL(hop.url);
    const sent = this.fickleOrigins.has(origin) ? undefined : this.etags.get(origin);
    const { sizeBytes, sha256 } = this.file;
    const answer = checkAnswer(response.status, response.headers, { span, sizeBytes, etag: sent });
    const etag = strongEtag(response.headers);
    const isAnother = sha256 === undefined && (this.fileEtag ?? etag) !== etag;
    if (answer.type === 'wrong') {
      await discardBody(response);
      throw new PassingFailure(failure(`${host} ${answer.why}`));
    }
    if (isAnother && etag !== undefined) {
      await discardBody(response);
      this.etags.clear();
      this.fileEtag = etag;
      throw new FileChanged(etag);
    }
    if (etag === undefined) this.etags.delete(origin);
    else this.etags.set(origin, etag);
    this.fileEtag ??= etag;
    if (answer.type === 'changed') {
      await discardBody(response);
      this.fickleOrigins.add(origin);
      return undefined;
    }
    const isWhole = answer.type === 'whole';
    const isAllAskedFor = span.start === 0 && span.end === sizeBytes;
    const askedBytes = isWhole ? sizeBytes : span.end - span.start;
    return {
      start: isWhole ? 0 : span.start,
      isWhole: isWhole && !isAllAskedFor,
      isExact: headerText(response.headers, 'content-length') === String(askedBytes),
      host,
      body: response.body,
    };
  }

  private refusalOf({ headers, status }: HttpResponse, hop: Hop): Error {
    const { repo, commit, path } = this.file.address;
    const host = hostOf(hop);
    if (status === 416) {
      return new MillpondError(
        'conflict',
        `${host} has a shorter ${path} than the hub described; open the model’s page again and download what it shows now`,
      );
    }
    const tokenFrom = this.location?.tokenFrom;
    const hasToken = this.location?.headers['authorization'] !== undefined;
    const error = errorOfAnswer(status, headers, {
      endpoint: new URL(hop.url).origin,
      ...{ repo, revision: commit, path },
      ...(hasToken && { tokenFrom: tokenFrom ?? 'settings' }),
    });
    // Without a time the own backoff is as good a guess as any.
    const pause = headers['retry-after'] ?? headers['ratelimit'];
    if (status === 429 && pause === undefined) {
      throw new PassingFailure(new MillpondError('rate-limited', `${host} asks for a pause`));
    }
    const isDefinite = status >= 400 && status < 500 && status !== 408 && status !== 429;
    if (isDefinite || status === 507) return error;
    return new PassingFailure(error);
  }
}

/** What broke an attempt, unless somebody wanted it to end or the door is closed. */
export function passing(thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const isNetwork =
    thrown instanceof MillpondError && thrown.code === 'unavailable' && !isClosed(thrown);
  return isNetwork ? new PassingFailure(thrown) : thrown;
}

/** Nothing may be asked now, by the person's own choice. */
export function isClosed({ reason }: MillpondError): boolean {
  return reason === 'local-only' || reason === 'hub-closed';
}

function failure(sentence: string): MillpondError {
  return new MillpondError('unavailable', sentence);
}

function hostOf({ url }: Hop): string {
  return new URL(url).host;
}
