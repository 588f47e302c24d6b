import { MillpondError } from './error.ts';
import type { HttpResponse } from './http.ts';

interface ReadOptions {
  /** Far above any list that an API gives unless said otherwise. */
  readonly maxBytes?: number;
  /** What a larger body means to whoever asked. */
  readonly tooLarge?: () => MillpondError;
}

const usualMaxBytes = 32 * 1024 * 1024;

/** Reads a whole body as text. Rejects with `too-large` instead of filling the memory. */
export async function readBodyText(
  response: HttpResponse,
  { maxBytes = usualMaxBytes, tooLarge = unexpectedlyLarge }: ReadOptions = {},
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const bytes of response.body) {
    size += bytes.byteLength;
    if (size > maxBytes) throw tooLarge();
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

/** Frees the connection of an answer whose body nobody wants. */
export async function discardBody(response: HttpResponse): Promise<void> {
  await response.body[Symbol.asyncIterator]().return?.();
}

function unexpectedlyLarge(): MillpondError {
  return new MillpondError('too-large', 'The answer is larger than anything expected here');
}
