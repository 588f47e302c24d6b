import { MillpondError } from '../core/error.ts';

/** A value of a field, from its first byte to behind its last one. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const utf8 = new TextDecoder();
const utf8Encoder = new TextEncoder();

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * The fields at the top level of a JSON object, found in one walk over its bytes: for bodies of which
 * several fields are looked at. Changing some leaves every other byte as it was.
 */
export class TopLevelFields {
  private readonly body: Uint8Array;
  private readonly spans = new Map<string, Span[]>();
  /** Behind the first brace; undefined for what is no whole JSON object. */
  private readonly inside: number | undefined;

  constructor(body: Uint8Array) {
    this.body = body;
    this.inside = this.walk();
  }

  has(name: string): boolean {
    return this.spans.has(name);
  }

  /** The value as JSON means it; of two with one name the last. Undefined where there is none. */
  read(name: string): unknown {
    const span = this.spans.get(name)?.at(-1);
    if (span === undefined) return undefined;
    try {
      return JSON.parse(utf8.decode(this.body.subarray(span.from, span.to)));
    } catch {
      return undefined; // Whoever needs the whole body says that it is broken.
    }
  }

  /**
   * The body with these fields set: where they stand, else in front. Throws `invalid-request` for what is
   * no JSON object.
   */
  with(changes: Readonly<Record<string, unknown>>): Uint8Array {
    if (this.inside === undefined) {
      throw new MillpondError('invalid-request', 'The body must be a JSON object');
    }
    const edits: (Span & { readonly text: string })[] = [];
    for (const [name, value] of Object.entries(changes)) {
      const json = JSON.stringify(value);
      const known = this.spans.get(name);
      if (known !== undefined) edits.push(...known.map((span) => ({ ...span, text: json })));
      else {
        const separator = this.spans.size > 0 ? ',' : '';
        const text = `${JSON.stringify(name)}:${json}${separator}`;
        edits.push({ from: this.inside, to: this.inside, text });
      }
    }
    return this.edited(edits.toSorted((a, b) => a.from - b.from));
  }

  private edited(edits: readonly (Span & { readonly text: string })[]): Uint8Array {
    const pieces: Uint8Array[] = [];
    let done = 0;
    for (const { from, to, text } of edits) {
      pieces.push(this.body.subarray(done, from), utf8Encoder.encode(text));
      done = to;
    }
    pieces.push(this.body.subarray(done));
    const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      result.set(piece, at);
      at += piece.length;
    }
    return result;
  }

  private walk(): number | undefined {
    const { body } = this;
    const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
    const open = skipSpace(body, hasMark ? 3 : 0);
    if (body[open] !== openBrace) return undefined;
    let at = skipSpace(body, open + 1);
    while (body[at] !== closeBrace) {
      if (body[at] !== quote) return undefined;
      const keyEnd = endOfString(body, at);
      const name = keyOf(body.subarray(at, keyEnd));
      at = skipSpace(body, keyEnd);
      if (name === undefined || body[at] !== colon) return undefined;
      const from = skipSpace(body, at + 1);
      const to = endOfValue(body, from);
      if (to <= from) return undefined;
      const known = this.spans.get(name);
      if (known === undefined) this.spans.set(name, [{ from, to }]);
      else known.push({ from, to });
      at = skipSpace(body, to);
      if (body[at] === comma) at = skipSpace(body, at + 1);
      else if (body[at] !== closeBrace) return undefined;
    }
    return open + 1;
  }
}

const walked = new WeakMap<Uint8Array, TopLevelFields>();

/** The fields of a body that several look at: however long it is, it is walked once. */
export function topLevelFields(body: Uint8Array): TopLevelFields {
  const known = walked.get(body) ?? new TopLevelFields(body);
  walked.set(body, known);
  return known;
}

function keyOf(literal: Uint8Array): string | undefined {
  try {
    const key: unknown = JSON.parse(utf8.decode(literal));
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

function skipSpace(body: Uint8Array, from: number): number {
  let at = from;
  for (let code = body[at]; code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;) {
    at += 1;
    code = body[at];
  }
  return at;
}

/** Behind the closing mark; behind everything for a string that does not end. */
function endOfString(body: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < body.length && body[at] !== quote) at += body[at] === backslash ? 2 : 1;
  return at + 1;
}

/** Behind the value; where it began for none, or for one that does not end. */
function endOfValue(body: Uint8Array, from: number): number {
  const first = body[from];
  if (first === quote) {
    const end = endOfString(body, from);
    return end <= body.length ? end : from;
  }
  let depth = 0;
  for (let at = from; at < body.length; at += 1) {
    const code = body[at];
    if (code === quote) {
      at = endOfString(body, at) - 1;
    } else if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === comma || code === 0x20 || code === 0x0a || code === 0x0d)) {
      return at;
    }
  }
  return from;
}
