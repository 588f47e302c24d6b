import { ChildAbort } from '../../core/child-abort.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { discardBody } from '../../core/http-body.ts';
import type { HttpClient, HttpResponse } from '../../core/http.ts';

export interface FetchPictureDeps {
  /** Reaches the public internet and nothing else. */
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'after'>;
}

const maxBytes = 10 * 1024 * 1024;
/** For all of it: every redirect, and the last byte. */
const timeLimitMs = 5000;
const maxRedirects = 2;
const maxUrlLength = 2048;

/** What a picture begins with, by its media type. */
const signatures: readonly (readonly [type: string, begins: string])[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
  ['image/webp', 'RIFF'],
];

/**
 * Fetches a picture that a caller names and returns it as a `data:` URL. The address is read once, by
 * the same parser that dials it, every redirect is judged like the first address, and nothing of the
 * answer is passed on but a picture. Rejects with `invalid-request` saying what was wrong.
 */
export async function fetchPicture(
  url: string,
  { http, clock }: FetchPictureDeps,
  { signal, param }: { readonly signal: AbortSignal; readonly param: string },
): Promise<string> {
  const late = new ChildAbort(signal);
  const cancel = clock.after(timeLimitMs, () => {
    late.abort(new MillpondError('timeout', 'The picture did not arrive in time'));
  });
  try {
    return await follow(url, http, { signal: late.signal, caller: signal, param });
  } finally {
    cancel();
    late.release();
  }
}

interface Limits {
  readonly signal: AbortSignal;
  readonly caller: AbortSignal;
  readonly param: string;
}

async function follow(url: string, http: HttpClient, limits: Limits): Promise<string> {
  const { param } = limits;
  let next = readAddress(url, param);
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const response = await ask(http, next, limits);
    const target = redirectOf(response);
    if (target === undefined) return await pictureOf(response, next, param);
    await discardBody(response);
    next = readAddress(new URL(target, next).href, param);
  }
  throw refused(param, `${next.host} redirects more than ${maxRedirects.toString()} times`);
}

/** Only plain web addresses: no credentials, no other schemes, no ports of other services. */
function readAddress(text: string, param: string): URL {
  const url = text.length <= maxUrlLength && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refused(param, 'it must be an http or https address, or a data: URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw refused(param, 'the address may not hold a name or password');
  }
  // The parser leaves the port out where it is the usual one.
  if (url.port !== '') throw refused(param, 'only the usual ports of http and https are asked');
  return url;
}

async function ask(http: HttpClient, url: URL, limits: Limits): Promise<HttpResponse> {
  try {
    return await http.request({
      method: 'GET',
      url: url.href,
      headers: { accept: 'image/*' },
      signal: limits.signal,
    });
  } catch (thrown) {
    limits.caller.throwIfAborted();
    const why = reasonOf(thrown, url.host) ?? `${url.host} cannot be reached`;
    throw refused(limits.param, why, thrown);
  }
}

/** Undefined for what went wrong in the network: that is not the caller's to learn, it would map it for them. */
function reasonOf(thrown: unknown, host: string): string | undefined {
  const { code, reason } = MillpondError.from(thrown);
  if (code === 'timeout') return `${host} did not send it within ${seconds(timeLimitMs)}`;
  if (reason === 'not-public') return `${host} does not lie on the public internet`;
  if (reason === 'local-only') return 'Local only is on';
  return undefined;
}

function redirectOf({ status, headers }: HttpResponse): string | undefined {
  const { location } = headers;
  return status >= 300 && status < 400 && typeof location === 'string' ? location : undefined;
}

async function pictureOf(response: HttpResponse, { host }: URL, param: string): Promise<string> {
  if (response.status !== 200) {
    await discardBody(response);
    throw refused(param, `${host} answered with ${response.status.toString()}`);
  }
  const bytes = await readBytes(response, host, param);
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  const type = signatures.find(([, begins]) => start.startsWith(begins))?.[0];
  if (type === undefined) {
    throw refused(param, `${host} sent something that is no PNG, JPEG, GIF or WebP picture`);
  }
  return `data:${type};base64,${bytes.toString('base64')}`;
}

async function readBytes(response: HttpResponse, host: string, param: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of response.body) {
      size += piece.byteLength;
      if (size > maxBytes) throw refused(param, `the picture at ${host} is larger than 10 MiB`);
      pieces.push(piece);
    }
  } catch (thrown) {
    if (thrown instanceof MillpondError && thrown.param !== undefined) throw thrown;
    const why = reasonOf(thrown, host) ?? `${host} broke off in the middle of the picture`;
    throw refused(param, why, thrown);
  }
  return Buffer.concat(pieces);
}

function refused(param: string, why: string, cause?: unknown): MillpondError {
  return new MillpondError('invalid-request', `The picture of '${param}' was not fetched: ${why}`, {
    param,
    reason: 'invalid_image_url',
    ...(cause !== undefined && { cause }),
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toString()} s`;
}
