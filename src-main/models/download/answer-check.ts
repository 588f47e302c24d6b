import type { HttpResponse } from '../../core/http.ts';
import type { Span } from './block-map.ts';

type Headers = HttpResponse['headers'];

/**
 * What an answer to a range is:
 * - `part` begins where it was asked to · `whole` the file from its beginning
 * - `changed` another file than the one whose ETag was sent · `wrong` no part of this file, and why
 */
export type RangeAnswer =
  | { readonly type: 'part' }
  | { readonly type: 'whole' }
  | { readonly type: 'changed' }
  | { readonly type: 'wrong'; readonly why: string };

export interface AskedRange {
  readonly span: Span;
  readonly sizeBytes: number;
  /** The ETag that the condition `If-Range` named. */
  readonly etag?: string | undefined;
}

/** Judges the head of a 200 or 206. What the body really holds only its reader can tell. */
export function checkAnswer(status: number, headers: Headers, asked: AskedRange): RangeAnswer {
  const encoding = headerText(headers, 'content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    return wrong('sent the file in a compressed form that nobody asked for');
  }
  return status === 206 ? checkPart(headers, asked) : checkWhole(headers, asked);
}

function checkPart(headers: Headers, { span, sizeBytes }: AskedRange): RangeAnswer {
  const range = headerText(headers, 'content-range') ?? '';
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range) ?? [];
  if (first === undefined || last === undefined) {
    return wrong('sent a part of the file without saying which');
  }
  if (total !== '*' && Number(total) !== sizeBytes) {
    return wrong(`has a file of ${total ?? ''} bytes instead of ${sizeBytes}`);
  }
  if (Number(first) !== span.start || Number(last) >= span.end) {
    return wrong('sent another part of the file than was asked for');
  }
  return { type: 'part' };
}

function checkWhole(headers: Headers, { etag, sizeBytes }: AskedRange): RangeAnswer {
  const length = headerText(headers, 'content-length');
  const kind = headerText(headers, 'content-type') ?? '';
  const answered = strongEtag(headers);
  // A page of just this length would be a strange page: then the digest has the last word.
  if (length !== String(sizeBytes) && /^text\/html\b/i.test(kind)) {
    return wrong('answered with a web page: a login page of this network may stand in between');
  }
  if (etag !== undefined && answered !== undefined && answered !== etag) return { type: 'changed' };
  if (length !== undefined && Number(length) !== sizeBytes) {
    return wrong(`has a file of ${length} bytes instead of ${sizeBytes}`);
  }
  return { type: 'whole' };
}

/** Undefined for none and for a weak one, which promises nothing about bytes. */
export function strongEtag(headers: Headers): string | undefined {
  const etag = headerText(headers, 'etag');
  return etag === undefined || !/^"[^"]*"$/.test(etag) ? undefined : etag;
}

export function headerText(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

function wrong(why: string): RangeAnswer {
  return { type: 'wrong', why };
}
