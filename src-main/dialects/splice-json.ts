import { MillpondError } from '../core/error.ts';

/** Where a value stands: from its first character to behind its last one. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is scanned. All that JSON's structure is made of is ASCII, so bytes and text look the same. */
interface Characters {
  readonly length: number;
  /** Of the byte order mark in front. */
  readonly markLength: number;
  code(at: number): number;
  /** The next quotation mark; -1 if there is none. */
  nextQuote(from: number): number;
  slice(from: number, to: number): string;
}

const utf8 = new TextDecoder();
const utf8Encoder = new TextEncoder();

/**
 * The body with one field at its top level set, and every other byte as it was: numbers above 2^53, the
 * order of keys and white space survive. A field that stands there twice is set twice, so that nobody
 * reads another value than we did; one that is absent becomes the first. Rejects with
 * `invalid-request` for what is no JSON object.
 */
export function withField(body: Uint8Array, name: string, value: unknown): Uint8Array {
  const source = ofBytes(body);
  const found = spansOf(source, [name]);
  if (found === undefined) {
    throw new MillpondError('invalid-request', 'The body must be a JSON object');
  }
  const json = JSON.stringify(value);
  if (found.spans.length > 0) return spliceBytes(body, found.spans, json);
  const at = found.open + 1;
  const comma = source.code(skipSpace(source, at)) === closeBrace ? '' : ',';
  return spliceBytes(body, [{ from: at, to: at }], `${JSON.stringify(name)}:${json}${comma}`);
}

/** A text field of a JSON object, found by its path; of two with one name the last, as `JSON.parse` does. */
export function readTextField(
  json: string | Uint8Array,
  path: readonly string[],
): string | undefined {
  const source = typeof json === 'string' ? ofText(json) : ofBytes(json);
  const span = spansOf(source, path)?.spans.at(-1);
  if (span === undefined || source.code(span.from) !== quote) return undefined;
  return parsedText(source.slice(span.from, span.to));
}

/** Any value of a JSON object, found by its path; undefined where there is none, or it is broken. */
export function readField(json: string | Uint8Array, path: readonly string[]): unknown {
  const source = typeof json === 'string' ? ofText(json) : ofBytes(json);
  const span = spansOf(source, path)?.spans.at(-1);
  if (span === undefined) return undefined;
  try {
    return JSON.parse(source.slice(span.from, span.to));
  } catch {
    return undefined; // Whoever needs the whole body says that it is broken.
  }
}

/** JSON text with a text field replaced wherever its path leads; as it was where it leads nowhere. */
export function replaceTextField(json: string, path: readonly string[], value: string): string {
  const spans = spansOf(ofText(json), path)?.spans ?? [];
  let result = '';
  let done = 0;
  for (const { from, to } of spans) {
    if (json.charCodeAt(from) !== quote) continue;
    result += json.slice(done, from) + JSON.stringify(value);
    done = to;
  }
  return result + json.slice(done);
}

const byteOrderMark = [0xef, 0xbb, 0xbf];
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

interface Found {
  /** Where the outer object begins. */
  readonly open: number;
  readonly spans: readonly Span[];
}

/** Every value that the path leads to; undefined for what is no whole JSON object. */
function spansOf(source: Characters, path: readonly string[]): Found | undefined {
  const open = skipSpace(source, source.markLength);
  if (source.code(open) !== openBrace) return undefined;
  const spans: Span[] = [];
  return scanObject(source, open, path, spans) < 0 ? undefined : { open, spans };
}

/** Walks one object and returns what is behind it; -1 where it is broken. */
function scanObject(
  source: Characters,
  open: number,
  [name, ...rest]: readonly string[],
  spans: Span[],
): number {
  let at = skipSpace(source, open + 1);
  if (source.code(at) === closeBrace) return at + 1;
  for (;;) {
    if (source.code(at) !== quote) return -1;
    const keyEnd = endOfString(source, at);
    if (keyEnd < 0) return -1;
    const isNamed = parsedText(source.slice(at, keyEnd)) === name;
    at = skipSpace(source, keyEnd);
    if (source.code(at) !== colon) return -1;
    const from = skipSpace(source, at + 1);
    const goesOn = isNamed && rest.length > 0 && source.code(from) === openBrace;
    const to = goesOn ? scanObject(source, from, rest, spans) : endOfValue(source, from);
    if (to < 0) return -1;
    if (isNamed && rest.length === 0) spans.push({ from, to });
    at = skipSpace(source, to);
    if (source.code(at) === closeBrace) return at + 1;
    if (source.code(at) !== comma) return -1;
    at = skipSpace(source, at + 1);
  }
}

/** Behind the value that begins here; -1 where it does not end. */
function endOfValue(source: Characters, from: number): number {
  const first = source.code(from);
  if (first === quote) return endOfString(source, from);
  if (first === openBrace || first === openBracket) return endOfNested(source, from);
  let at = from;
  while (at < source.length && !endsScalar(source.code(at))) at += 1;
  return at === from ? -1 : at;
}

function endOfNested(source: Characters, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length;) {
    const code = source.code(at);
    if (code === quote) {
      at = endOfString(source, at);
      if (at < 0) return -1;
      continue;
    }
    at += 1;
    if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** Behind the closing mark of the string that begins here: the next one that is not escaped. */
function endOfString(source: Characters, from: number): number {
  for (let at = source.nextQuote(from + 1); at >= 0; at = source.nextQuote(at + 1)) {
    let slashes = 0;
    while (source.code(at - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return -1;
}

function endsScalar(code: number): boolean {
  return code === comma || code === closeBrace || code === closeBracket || isSpace(code);
}

function skipSpace(source: Characters, from: number): number {
  let at = from;
  while (at < source.length && isSpace(source.code(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function parsedText(literal: string): string | undefined {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? value : undefined;
  } catch {
    // An escape that JSON does not know names nothing.
    return undefined;
  }
}

function ofBytes(bytes: Uint8Array): Characters {
  return {
    length: bytes.length,
    markLength: byteOrderMark.every((byte, at) => bytes[at] === byte) ? byteOrderMark.length : 0,
    code: (at) => bytes[at] ?? -1,
    nextQuote: (from) => bytes.indexOf(quote, from),
    slice: (from, to) => utf8.decode(bytes.subarray(from, to)),
  };
}

function ofText(text: string): Characters {
  return {
    length: text.length,
    markLength: text.startsWith('\ufeff') ? 1 : 0,
    code: (at) => (at < text.length ? text.charCodeAt(at) : -1),
    nextQuote: (from) => text.indexOf('"', from),
    slice: (from, to) => text.slice(from, to),
  };
}

function spliceBytes(body: Uint8Array, spans: readonly Span[], json: string): Uint8Array {
  const insert = utf8Encoder.encode(json);
  const removed = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  const result = new Uint8Array(body.length - removed + spans.length * insert.length);
  let written = 0;
  let done = 0;
  for (const { from, to } of spans) {
    result.set(body.subarray(done, from), written);
    written += from - done;
    result.set(insert, written);
    written += insert.length;
    done = to;
  }
  result.set(body.subarray(done), written);
  return result;
}
