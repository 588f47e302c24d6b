import { MillpondError } from '../../../core/error.ts';
import { readBodyText } from '../../../core/http-body.ts';
import type { HttpResponse } from '../../../core/http.ts';

/** Vectors for a thousand texts fit; a body that never ends does not. */
const mostBytes = 256 * 1024 * 1024;

/** A whole answer as text; fails with `unavailable` when it is larger than any honest one. */
export function readAnswerText(response: HttpResponse, maxBytes = mostBytes): Promise<string> {
  return readBodyText(response, {
    maxBytes,
    tooLarge: () =>
      new MillpondError('unavailable', 'The server sent more than any answer holds; try again'),
  });
}
