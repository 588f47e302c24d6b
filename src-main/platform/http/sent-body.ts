import { Readable } from 'node:stream';
import type { HttpRequest } from '../../core/http.ts';

/** A body on its way out, and how much of it has left. */
export interface SentBody {
  readonly data: string | Uint8Array | Readable | undefined;
  /** As far as it has been sent. */
  readonly sentBytes: () => number;
}

export function sentBody(body: HttpRequest['body']): SentBody {
  if (body === undefined) return { data: body, sentBytes: () => 0 };
  if (typeof body === 'string' || body instanceof Uint8Array) {
    return { data: body, sentBytes: () => Buffer.byteLength(body) };
  }
  let sent = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of body) {
      sent += bytes.byteLength;
      yield bytes;
    }
  };
  return { data: Readable.from(counted(), { objectMode: false }), sentBytes: () => sent };
}
