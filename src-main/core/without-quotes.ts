import { MillpondError } from './error.ts';
import type { InferenceRequest } from './inference.ts';

/** Shorter pieces are words that anybody might use. */
const shortestQuote = 16;
/** Shorter values of a request are its vocabulary: roles, types, names of fields. */
const shortestText = 24;
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

/** A sentence with `…` for each piece of at least `shortest` characters that stands in one of the texts. */
export function cutPieces(sentence: string, texts: readonly string[], shortest: number): string {
  let kept = '';
  let at = 0;
  while (at < sentence.length) {
    const start = sentence.slice(at, at + shortest);
    const text = start.length < shortest ? undefined : texts.find((each) => each.includes(start));
    if (text === undefined) {
      kept += sentence.charAt(at);
      at += 1;
      continue;
    }
    let end = at + shortest;
    while (end < sentence.length && text.includes(sentence.slice(at, end + 1))) end += 1;
    kept += '…';
    at = end;
  }
  return kept;
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
  if (typeof value === 'string') return value.length < shortestText ? [] : [value, oneLine(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => (name === 'model' ? [] : stringsIn(each)));
}

/** As it stands in a sentence, in which a line break is a space. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
