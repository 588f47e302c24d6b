import { cutPieces } from './cut-pieces.ts';
import { MillpondError } from './error.ts';
import type { InferenceRequest } from './inference.ts';

/** Shorter pieces are words that anybody might use. */
const shortestQuote = 16;
/** Shorter values of a request are its vocabulary: roles, types, names of fields. */
const shortestText = 24;
/** More of a text without any space is data. */
const mostOfPacked = 4096;
/** What is not JSON is looked through up to here. */
const mostBytes = 1024 * 1024;

/**
 * The same failure without what its sentence repeats of the question: others write these sentences, and
 * they are kept in the log, shown in the list of requests and sent to collectors.
 */
export function withoutQuotes(error: MillpondError, request: InferenceRequest): MillpondError {
  if (error.message.length < shortestQuote) return error;
  const message = cutPieces(error.message, textsOf(request), shortestQuote);
  return message === error.message ? error : reworded(error, message);
}

export function reworded(error: MillpondError, message: string): MillpondError {
  const { code, message: _old, ...details } = error.toBody();
  const { headers } = error;
  return new MillpondError(code, message, { ...details, ...(headers && { headers }) });
}

function textsOf({ input, raw }: InferenceRequest): readonly string[] {
  if (raw === undefined) return stringsIn(input);
  if (raw.body.byteLength > mostBytes * 32) return stringsIn(input);
  const text = new TextDecoder().decode(raw.body);
  try {
    return stringsIn([JSON.parse(text), input]);
  } catch {
    // A form, or anything else that only passes through.
    return [text.slice(0, mostBytes)];
  }
}

/** Every longer text in a value, but names of models. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return spellings(value);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => (name === 'model' ? [] : stringsIn(each)));
}

/** A text as it is, and as it stands in a sentence, in which a line break is a space. */
function spellings(text: string): string[] {
  if (text.length < shortestText) return [];
  // Of a picture nobody quotes more than its beginning.
  if (isPacked(text)) return [text.slice(0, mostOfPacked)];
  // Found first: to write all of a long text anew takes far longer.
  return /[^\S ]| {2}/.test(text) ? [text, text.replaceAll(/\s+/g, ' ')] : [text];
}

/** What goes on for so long without a space is no text. */
function isPacked(text: string): boolean {
  return text.length > mostOfPacked && !/\s/.test(text.slice(0, mostOfPacked));
}
