import { MillpondError } from '../core/error.ts';
import { discardBody } from '../core/http-body.ts';
import type { HttpClient } from '../core/http.ts';
import type { SignedFeed } from './feed.ts';

const maxFeedBytes = 8 * 1024 * 1024;
const maxSignatureBytes = 4096;
const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Reads a feed and its signature. Nothing of it is proved yet. Rejects with one sentence. */
export async function fetchFeed(
  http: HttpClient,
  url: string,
  signal: AbortSignal,
): Promise<SignedFeed> {
  const bytes = await readAll(http, url, { maxBytes: maxFeedBytes, signal });
  const signature = await readAll(http, `${url}.sig`, { maxBytes: maxSignatureBytes, signal });
  return { bytes, signature: new TextDecoder().decode(signature) };
}

interface ReadOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Release pages redirect to where files lie; whoever starts with TLS stays with it. */
async function readAll(http: HttpClient, from: string, options: ReadOptions): Promise<Uint8Array> {
  let url = from;
  for (let count = 0; count <= mostRedirects; count += 1) {
    const { status, headers, body } = await http.request({
      ...{ method: 'GET', url, signal: options.signal },
      headers: { 'cache-control': 'no-cache', 'accept-encoding': 'identity' },
    });
    const { host } = new URL(url);
    if (status === 200) return collect(body, host, options.maxBytes);
    await discardBody({ status, headers, body });
    if (!redirects.has(status)) throw notThere(host, status);
    const { location } = headers;
    if (typeof location !== 'string' || !URL.canParse(location, url)) throw notThere(host, status);
    const next = new URL(location, url);
    if (url.startsWith('https:') && next.protocol !== 'https:') throw notThere(host, status);
    url = next.href;
  }
  throw notThere(new URL(url).host, 302);
}

async function collect(
  body: AsyncIterable<Uint8Array>,
  host: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > maxBytes) {
      throw new MillpondError('too-large', `${host} sends a list of updates without end`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function notThere(host: string, status: number): MillpondError {
  const kind = status >= 500 ? 'does not work right now' : 'has no list of updates for this build';
  return new MillpondError(
    'unavailable',
    `${host} ${kind} (HTTP ${status.toString()}); try again later`,
  );
}
