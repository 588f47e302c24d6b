import { MillpondError } from '../../../core/error.ts';
import type { HttpResponse } from '../../../core/http.ts';

/** Vectors for a thousand texts fit; a body that never ends does not. */
const mostBytes = 256 * 1024 * 1024;

/** Reads a whole body as text; fails with `unavailable` when it is larger than any honest answer. */
export async function readBodyText(
  response: HttpResponse,
  limitBytes = mostBytes,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytesRead = 0;
  for await (const bytes of response.body) {
    bytesRead += bytes.length;
    if (bytesRead > limitBytes) {
      throw new MillpondError('unavailable', 'The server sent more than any answer holds');
    }
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}
