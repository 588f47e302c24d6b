import { MillpondError } from '../core/error.ts';

/** Where a value stands in a body: from its first byte to behind its last one. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const maxParts = 200;
const maxPartHeaderBytes = 8 * 1024;

/** What a part says about itself; anything else could be read in two ways. */
const disposition =
  /^content-disposition:[ \t]*form-data((?:;[ \t]*[\w*-]+=(?:"[^"]*"|[^\s;"]+))*)[ \t]*$/i;
const parameter = /;[ \t]*([\w*-]+)=(?:"([^"]*)"|([^\s;"]+))/g;

export function isForm(contentType: string): boolean {
  return /^multipart\/form-data\s*(?:;|$)/i.test(contentType.trim());
}

/**
 * A text field of a form; undefined when it has none of that name. Rejects with `invalid-request` for
 * what is no form, and for a field that is there twice: two readers could take different ones.
 */
export function readFormField(
  body: Uint8Array,
  contentType: string,
  name: string,
): string | undefined {
  const span = spanOf(body, contentType, name);
  if (span === undefined) return undefined;
  return new TextDecoder().decode(body.subarray(span.from, span.to));
}

/** The form with one of its text fields set, and every other byte as it was. */
export function withFormField(
  body: Uint8Array,
  contentType: string,
  { name, value }: { readonly name: string; readonly value: string },
): Uint8Array {
  const span = spanOf(body, contentType, name);
  if (span === undefined) return body;
  const written = new TextEncoder().encode(value);
  const result = new Uint8Array(body.length - (span.to - span.from) + written.length);
  result.set(body.subarray(0, span.from));
  result.set(written, span.from);
  result.set(body.subarray(span.to), span.from + written.length);
  return result;
}

function spanOf(body: Uint8Array, contentType: string, name: string): Span | undefined {
  let found: Span | undefined;
  for (const part of partsOf(body, contentType)) {
    if (part.name !== name) continue;
    if (found !== undefined || part.isFile) {
      throw malformed(`'${name}' has to be one text field of the form`);
    }
    found = part.value;
  }
  return found;
}

interface Part {
  readonly name: string;
  readonly isFile: boolean;
  readonly value: Span;
}

function* partsOf(body: Uint8Array, contentType: string): Generator<Part, void, undefined> {
  const boundary = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  const marker = boundary?.[1] ?? boundary?.[2];
  if (!isForm(contentType) || marker === undefined) {
    throw malformed('The form does not say what separates its fields');
  }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let at = bytes.indexOf(`--${marker}`);
  if (at === -1) throw malformed('The body is not the form that its content type says');
  for (let count = 0; ; count += 1) {
    const from = at + marker.length + 2;
    if (bytes.toString('latin1', from, from + 2) === '--') return;
    if (count === maxParts) throw malformed(`A form has ${maxParts.toString()} fields at most`);
    const end = bytes.indexOf(`\r\n--${marker}`, from);
    if (end === -1) throw malformed('The form ends in the middle of a field');
    yield partBetween(bytes, from, end);
    at = end + 2;
  }
}

function partBetween(bytes: Buffer, from: number, to: number): Part {
  const headEnd = bytes.indexOf('\r\n\r\n', from);
  if (headEnd === -1 || headEnd > to || headEnd - from > maxPartHeaderBytes) {
    throw malformed('A field of the form has no name');
  }
  const lines = bytes.toString('utf8', from, headEnd).split('\r\n');
  const said = lines.filter((line) => /^content-disposition\s*:/i.test(line));
  const parameters = said.length === 1 ? disposition.exec(said[0] ?? '')?.[1] : undefined;
  if (parameters === undefined) throw malformed('A field of the form has no name');
  const given = [...parameters.matchAll(parameter)].map(
    ([, key = '', quoted, plain]) => [key.toLowerCase(), quoted ?? plain ?? ''] as const,
  );
  const names = given.filter(([key]) => key === 'name' || key === 'name*');
  const [only] = names;
  if (only?.[0] !== 'name' || names.length > 1) throw malformed('A field of the form has no name');
  return {
    name: only[1],
    isFile: given.some(([key]) => key.startsWith('filename')),
    value: { from: headEnd + 4, to },
  };
}

function malformed(sentence: string): MillpondError {
  return new MillpondError('invalid-request', sentence, { reason: 'invalid_form' });
}
